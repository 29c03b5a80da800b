package dev.retouch.server.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What an instance uses of a kind.
 *
 * @param version the version in use; 0 for the file
 * @param stored the newest stored version that this instance has read, also if it takes back the file; 0 if there is none
 * @param document the entries by name, or rules by section; empty without a file and without a version
 */
public record CatalogInUse(long version, long stored, ObjectNode document) {}
