/** What servers and clients of the network have in common: the memory that they read into, and their threads. */
@NullMarked
package dev.retouch.server.network;

import org.jspecify.annotations.NullMarked;
