"""Single neurons: what each responds to, its information on label and color, its effect, and its ablation."""
