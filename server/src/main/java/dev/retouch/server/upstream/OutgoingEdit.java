package dev.retouch.server.upstream;

import java.util.Map;

/** An edit as it goes out, to whichever upstream. Its images can be read any number of times. */
public sealed interface OutgoingEdit permits UpstreamEdit, LinkedEdit {

    /** Our id of the request that asked for it. */
    String requestId();

    /** The model. */
    ModelName model();

    /** What to change. */
    String prompt();

    /** The other parameters, by wire name, as text, only such as the model supports. */
    Map<String, String> parameters();
}
