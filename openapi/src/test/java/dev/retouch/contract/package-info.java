/** Holds the contract against its own rules. Nothing here knows a server or a client. */
@NullMarked
package dev.retouch.contract;

import org.jspecify.annotations.NullMarked;
