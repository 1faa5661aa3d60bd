"""The laptop: an embedded AWS, the deployed artifact, and the console on one origin."""
