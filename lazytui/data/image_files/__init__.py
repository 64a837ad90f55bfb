"""Files of images: folders of many, and single pictures."""
