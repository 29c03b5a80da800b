package dev.retouch.mock.model;

/** A model id and its rules. */
public record Model(String id, long created, String ownedBy, Family family) {}
