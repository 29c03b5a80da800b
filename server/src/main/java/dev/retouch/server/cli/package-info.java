/**
 * The command line: {@code retouch serve}, {@code check-config} and the administration commands. Reads options, calls the services
 * of the gateway, and prints tables or JSON. Contains the program's main class.
 *
 * <p>Commands never contain business rules: everything that a command does is also possible over {@code /admin/v1}, through the same
 * classes.
 */
@NullMarked
package dev.retouch.server.cli;

import org.jspecify.annotations.NullMarked;
