"""Plans meet the world: snapshot, run, apply, daemon, build."""
