package dev.retouch.server.answer;

/** Counts the images that were written. */
final class CountingProgress implements ImageProgress, EventBoundaries {

    private int finals;
    private int partials;
    private int events;
    private boolean inside;

    @Override
    public void finalImage() {
        finals++;
    }

    @Override
    public void partialImage() {
        partials++;
    }

    @Override
    public void begin() {
        if (inside) {
            throw new IllegalStateException("an event inside of another");
        }
        inside = true;
        events++;
    }

    @Override
    public void end() {
        inside = false;
    }

    int finals() {
        return finals;
    }

    int partials() {
        return partials;
    }

    int events() {
        return events;
    }
}
