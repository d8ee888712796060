package dev.panacea.runtime.simulator.execution;

/** mov from a register that counts time. Clocks count executed instructions of the block, so that runs repeat. */
final class Clock extends Operation {

    /** A register of time. */
    enum Kind { CLOCK, CLOCK_HIGH, CLOCK64, GLOBAL_TIMER }

    private final Kind kind;
    private final Source target;

    Clock(Kind kind, Source target) {
        this.kind = kind;
        this.target = target;
    }

    /** The register that PTX calls {@code name}; null when it is none of these. */
    static Kind named(String name) {
        return switch (name) {
            case "%clock" -> Kind.CLOCK;
            case "%clock_hi" -> Kind.CLOCK_HIGH;
            case "%clock64" -> Kind.CLOCK64;
            case "%globaltimer", "%globaltimer_lo" -> Kind.GLOBAL_TIMER;
            default -> null;
        };
    }

    @Override
    void execute(Warp warp, int lanes) {
        long ticks = warp.block.tick();
        long value = switch (kind) {
            case CLOCK, CLOCK64 -> ticks;
            case CLOCK_HIGH -> ticks >>> Integer.SIZE;
            case GLOBAL_TIMER -> ticks;
        };
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            target.set(warp, Integer.numberOfTrailingZeros(rest), value);
        }
    }
}
