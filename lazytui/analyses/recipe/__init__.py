"""Recipe: what a study reported, trained again."""
