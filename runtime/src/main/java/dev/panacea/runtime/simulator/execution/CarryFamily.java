package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.List;

/** Arithmetic in extended precision: add.cc, addc, sub.cc, subc, mad.cc, madc. The carry flag is a predicate of its own. */
final class CarryFamily {
    static final List<String> OPCODES = List.of("addc", "subc", "madc");

    private CarryFamily() { }

    static Operation decode(Translation t) {
        PtxType type = t.type();
        if (type.bits() < Integer.SIZE || !type.integer()) {
            throw t.unknown();
        }
        boolean product = t.opcode().startsWith("mad");
        boolean takes = t.opcode().endsWith("c");
        t.expectOperands(product ? 4 : 3, product ? 4 : 3);
        LaneOperation.Function multiply = product ? IntegerFamily.product(t, type) : null;
        Source c = product ? t.source(3, type) : t.source(2, type);
        return new CarryOperation(multiply, t.opcode().startsWith("sub"), takes, t.has("cc"), t.target(0), t.source(1, type),
            t.source(2, type), c);
    }

    /** @param multiply the product that is added; null where the first source is */
    private static final class CarryOperation extends Operation {
        private final LaneOperation.Function multiply;
        private final boolean subtracts;
        private final boolean takes;
        private final boolean gives;
        private final Source target;
        private final Source a;
        private final Source b;
        private final Source c;

        CarryOperation(LaneOperation.Function multiply, boolean subtracts, boolean takes, boolean gives, Source target, Source a, Source b,
                       Source c) {
            this.multiply = multiply;
            this.subtracts = subtracts;
            this.takes = takes;
            this.gives = gives;
            this.target = target;
            this.a = a;
            this.b = b;
            this.c = c;
        }

        @Override
        void execute(Warp warp, int lanes) {
            int flags = warp.predicates[ProgramBuilder.CARRY_PREDICATE];
            int carries = 0;
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long carry = takes ? flags >>> lane & 1 : 0;
                long x = multiply == null ? a.bits(warp, lane) : multiply.apply(a.bits(warp, lane), b.bits(warp, lane), 0, 0);
                long y = c.bits(warp, lane);
                carries |= (target.wide() ? wide(warp, lane, x, y, carry) : narrow(warp, lane, x, y, carry)) ? 1 << lane : 0;
            }
            if (gives) {
                warp.predicates[ProgramBuilder.CARRY_PREDICATE] = flags & ~lanes | carries;
            }
        }

        private boolean narrow(Warp warp, int lane, long x, long y, long carry) {
            long sum = subtracts ? (x & 0xFFFFFFFFL) - (y & 0xFFFFFFFFL) - carry : (x & 0xFFFFFFFFL) + (y & 0xFFFFFFFFL) + carry;
            target.set(warp, lane, sum);
            return sum >>> Integer.SIZE != 0;
        }

        private boolean wide(Warp warp, int lane, long x, long y, long carry) {
            long first = subtracts ? x - y : x + y;
            long sum = subtracts ? first - carry : first + carry;
            target.set(warp, lane, sum);
            return subtracts ? Long.compareUnsigned(x, y) < 0 || Long.compareUnsigned(first, carry) < 0
                : Long.compareUnsigned(first, x) < 0 || Long.compareUnsigned(sum, first) < 0;
        }
    }
}
