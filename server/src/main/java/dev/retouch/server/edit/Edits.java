package dev.retouch.server.edit;

import java.net.URI;

import dev.retouch.server.intake.Exchange;
import dev.retouch.server.key.Caller;

/** Something that edits for a caller: the pipeline, or what stands before it to answer in its place. */
public interface Edits {

    /**
     * Edits.
     *
     * @param caller whose key it is
     * @param exchange owns whatever the edit opens
     * @param linkBase where the links of the answer point to
     * @return the answer, to be written while the exchange is open
     */
    EditAnswer edit(EditRequest request, Caller caller, Exchange exchange, URI linkBase);
}
