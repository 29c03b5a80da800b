/** The front door: protocols, TLS, web pages of other origins, slow and vanished clients, and how a gateway stops. */
@NullMarked
package dev.retouch.contract.http;

import org.jspecify.annotations.NullMarked;
