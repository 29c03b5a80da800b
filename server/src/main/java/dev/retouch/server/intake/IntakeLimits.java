package dev.retouch.server.intake;

/**
 * What is kept in memory of one body.
 *
 * @param textBytes maximum size of everything but the images, in bytes
 * @param images maximum number of images of a JSON document, and of parts of a form
 * @param fields the fields whose whole value is kept
 */
record IntakeLimits(int textBytes, int images, KnownFields fields) {}
