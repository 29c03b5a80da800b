package dev.retouch.server.key;

/**
 * A group to be made.
 *
 * @param name its name, which stays
 * @param settings in what it differs from a group that may do everything
 */
public record NewGroup(String name, GroupChange settings) {}
