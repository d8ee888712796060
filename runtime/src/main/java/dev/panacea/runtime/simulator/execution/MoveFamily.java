package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.List;
import java.util.Map;

/** mov with its packing and unpacking, cvta and isspacep. */
final class MoveFamily {
    private MoveFamily() { }

    static void addTo(Map<String, InstructionSet.Decoder> table) {
        table.put("mov", MoveFamily::move);
        table.put("cvta", MoveFamily::convertAddress);
        table.put("isspacep", MoveFamily::inSpace);
    }

    private static Operation move(Translation t) {
        t.expectOperands(2, 2);
        PtxType type = t.type();
        if (type == PtxType.PRED) {
            return new PredicateMove(t.predicateTarget(t.operand(0)), t.predicate(t.operand(1)));
        }
        if (t.operand(0) instanceof Operand.Vector parts) {
            return unpack(t, parts.elements(), type);
        }
        return switch (t.operand(1)) {
            case Operand.Vector parts -> pack(t, parts.elements(), type);
            case Operand.Special special when Clock.named(special.name()) != null -> new Clock(Clock.named(special.name()), t.target(0));
            case Operand.Symbol symbol when t.place(symbol.name()).kind() == Place.Kind.LOCAL ->
                new LocalAddress(t.target(0), t.place(symbol.name()).address() + symbol.offset());
            default -> type.bits() <= Integer.SIZE ? Choice.move(false, t.wordTarget(0), t.word(1, type))
                : Choice.move(true, t.wideTarget(0), t.wide(1, type));
        };
    }

    private static int partBits(Translation t, List<Operand> parts, PtxType type) {
        if (parts.size() != 2 && parts.size() != 4 || type.bits() / parts.size() < Byte.SIZE || type.bits() > Long.SIZE) {
            throw t.error("packs or unpacks in a way that the simulated GPU does not know");
        }
        return type.bits() / parts.size();
    }

    private static Operation pack(Translation t, List<Operand> parts, PtxType type) {
        int bits = partBits(t, parts, type);
        PtxType part = bits == Integer.SIZE ? PtxType.B32 : PtxType.B16;
        Source[] sources = parts.stream().map(element -> t.source(element, part)).toArray(Source[]::new);
        long mask = (1L << bits) - 1;
        LaneOperation.Function function = parts.size() == 2 ? (a, b, c, d) -> a & mask | b << bits
            : (a, b, c, d) -> a & mask | (b & mask) << bits | (c & mask) << 2 * bits | d << 3 * bits;
        return new LaneOperation(function, t.target(0), sources);
    }

    private static Operation unpack(Translation t, List<Operand> parts, PtxType type) {
        int bits = partBits(t, parts, type);
        Source[] targets = parts.stream().map(element -> t.target(element, false)).toArray(Source[]::new);
        return new Unpack(targets, t.source(1, type), bits);
    }

    private static final class Unpack extends Operation {
        private final Source[] targets;
        private final Source source;
        private final int bits;

        Unpack(Source[] targets, Source source, int bits) {
            this.targets = targets;
            this.source = source;
            this.bits = bits;
        }

        @Override
        void execute(Warp warp, int lanes) {
            long mask = (1L << bits) - 1;
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long value = source.bits(warp, lane);
                for (Source target : targets) {
                    target.set(warp, lane, value & mask);
                    value >>>= bits;
                }
            }
        }
    }

    private static final class PredicateMove extends Operation {
        private final int target;
        private final PredicateSource source;

        PredicateMove(int target, PredicateSource source) {
            this.target = target;
            this.source = source;
        }

        @Override
        void execute(Warp warp, int lanes) {
            warp.predicates[target] = warp.predicates[target] & ~lanes | source.mask(warp) & lanes;
        }
    }

    /** The address of a variable of the running function, as local memory counts. */
    private static final class LocalAddress extends Operation {
        private final Source target;
        private final long offset;

        LocalAddress(Source target, long offset) {
            this.target = target;
            this.offset = offset;
        }

        @Override
        void execute(Warp warp, int lanes) {
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                target.set(warp, Integer.numberOfTrailingZeros(rest), warp.frame.base() + offset);
            }
        }
    }

    private static Operation convertAddress(Translation t) {
        t.expectOperands(2, 2);
        long window = Spaces.window(Space.of(t));
        long added = t.has("to") ? -window : window;
        if (t.operand(1) instanceof Operand.Symbol symbol && t.place(symbol.name()).kind() == Place.Kind.LOCAL) {
            return new LocalAddress(t.target(0), t.place(symbol.name()).address() + symbol.offset() + added);
        }
        if (window == 0) {
            return Choice.move(true, t.wideTarget(0), t.wide(1, PtxType.B64));
        }
        return new LongBinary(LongBinary.Kind.ADD, t.wideTarget(0), t.wide(1, PtxType.B64), t.literal(added, true).slot());
    }

    private static Operation inSpace(Translation t) {
        t.expectOperands(2, 2);
        Space space = Space.of(t);
        Source address = t.source(1, PtxType.B64);
        LaneComparison.Test test = switch (space) {
            case SHARED, LOCAL, PARAMETER -> (a, b) -> Spaces.of(a) == space;
            case GLOBAL -> (a, b) -> Spaces.of(a) == Space.GLOBAL;
            default -> throw t.error("asks for a space that has no window");
        };
        return new LaneComparison(new PredicateOperation.Result(t.predicateTarget(t.operand(0)), ProgramBuilder.SINK_PREDICATE, "",
            PredicateSource.TRUE), test, address, address);
    }
}
