package postern.offline.log;

/** Where in the logs something stands. */
record Place(String source, long line) {}
