package dev.retouch.server.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.price.TokenUsage;

/** Remembers what it was told. */
final class RecordingBill implements Bill {

    private final List<String> told = new ArrayList<>();

    @Override
    public Map<String, String> delivered(int images, Optional<TokenUsage> usage) {
        told.add("delivered " + images + usage.map(
                tokens -> " for " + tokens.textInput() + "+" + tokens.imageInput() + "+" + tokens.output()).orElse(""));
        return Map.of("x-retouch-cost", images + " USD");
    }

    @Override
    public void failed(boolean mayHaveRun, String why) {
        told.add(mayHaveRun ? "undecided" : "failed");
    }

    @Override
    public void abandoned(String why) {
        told.add("abandoned");
    }

    List<String> told() {
        return told;
    }
}
