package dev.retouch.contract.fuzz;

import java.util.List;
import java.util.SplittableRandom;

/** Chance that is always the same for a case of a seed, whatever cases came before it. */
final class SeededRandom {

    private static final long SPREAD = 0xBF58476D1CE4E5B9L;

    private final SplittableRandom random;

    SeededRandom(long seed, long number) {
        random = new SplittableRandom(new SplittableRandom(seed).nextLong() ^ number * SPREAD);
    }

    /** Whether something happens that does so often in a hundred. */
    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** From 0 on, and less than the bound. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    /** Both ends included. */
    long between(long least, long most) {
        return least == most ? least : random.nextLong(least, most + 1);
    }

    <T> T oneOf(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
