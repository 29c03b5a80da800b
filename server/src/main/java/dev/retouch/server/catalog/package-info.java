/**
 * The documents of upstreams, models and moderation rules that operators store through the API: versions in the database, and what they
 * may refer to. {@code api} calls it, {@code app} reads the documents in use. Never contains an API key of an upstream, and knows neither
 * the form of an entry nor the components that are made of it.
 */
@NullMarked
package dev.retouch.server.catalog;

import org.jspecify.annotations.NullMarked;
