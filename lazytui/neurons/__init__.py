"""Single neurons: what each responds to, what it tells, what it does, and what happens without it."""
