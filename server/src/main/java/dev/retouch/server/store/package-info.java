/**
 * The database: SQLite in the data directory, or PostgreSQL that several instances share, behind one small door. Whoever
 * stores something brings its own statements; this package opens, migrates, groups what is written, and tells when the
 * database is away. It keeps the list of the instances that run, too. Knows nothing of what else is stored.
 */
@NullMarked
package dev.retouch.server.store;

import org.jspecify.annotations.NullMarked;
