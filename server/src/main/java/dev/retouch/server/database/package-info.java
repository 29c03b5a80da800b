/**
 * The database: SQLite in the data directory, or PostgreSQL shared by several instances. This package opens and
 * migrates it, groups writes, signals that it is unavailable, and keeps the list of running instances. Other packages
 * bring their own SQL statements. It does not know what they store.
 */
@NullMarked
package dev.retouch.server.database;

import org.jspecify.annotations.NullMarked;
