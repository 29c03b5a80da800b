/**
 * The models, as data: {@code models.yaml} says what each takes, and the rules here hold a request against its entry.
 * Asked by {@code edit} and by the model list in {@code api}. A model's name never stands in code.
 */
@NullMarked
package dev.retouch.server.model;

import org.jspecify.annotations.NullMarked;
