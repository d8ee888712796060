package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.observation.AccessKind;
import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.List;
import java.util.Map;

/** ld, ldu, st, prefetch and alloca. */
final class MemoryFamily {
    private MemoryFamily() { }

    static void addTo(Map<String, InstructionSet.Decoder> table) {
        table.put("ld", MemoryFamily::load);
        table.put("ldu", MemoryFamily::load);
        table.put("st", MemoryFamily::store);
        for (String hint : List.of("prefetch", "prefetchu", "discard", "applypriority")) {
            table.put(hint, t -> new Nothing());
        }
        table.put("alloca", MemoryFamily::alloca);
        table.put("stackrestore", t -> new Nothing());
        table.put("createpolicy", t -> Choice.move(true, t.wideTarget(0), t.literal(0, true).slot()));
    }

    private static Operation alloca(Translation t) {
        t.program().growStack();
        return new Alloca(t.wideTarget(0), t.source(1, PtxType.U64));
    }

    private static Operation load(Translation t) {
        t.expectOperands(2, 3);
        Addressing addressing = Addressing.of(t, t.operand(1), Space.of(t));
        if (t.type().bits() > Long.SIZE || t.type() == PtxType.PRED) {
            throw t.error("loads a type that the simulated GPU does not");
        }
        List<Operand> elements = elements(t, 0);
        Source[] targets = new Source[elements.size()];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = t.target(elements.get(i), t.type().bits() > Integer.SIZE);
            if (!targets[i].wide() && t.type().bits() > Integer.SIZE) {
                throw t.error("loads 64 bits into a register of fewer");
            }
        }
        return new Load(addressing, t.type(), targets, strong(t) ? AccessKind.STRONG_LOAD : AccessKind.LOAD);
    }

    private static Operation store(Translation t) {
        t.expectOperands(2, 3);
        Addressing addressing = Addressing.of(t, t.operand(0), Space.of(t));
        if (t.type().bits() > Long.SIZE || t.type() == PtxType.PRED) {
            throw t.error("stores a type that the simulated GPU does not");
        }
        if (addressing.space() == Space.CONSTANT || addressing.space() == Space.PARAMETER) {
            throw t.error("writes memory that can only be read");
        }
        Source[] sources = elements(t, 1).stream().map(element -> t.source(element, t.type())).toArray(Source[]::new);
        for (Source source : sources) {
            if (!source.wide() && t.type().bits() > Integer.SIZE) {
                throw t.error("stores 64 bits from a register of fewer");
            }
        }
        return new Store(addressing, t.type().bytes(), sources, strong(t) ? AccessKind.STRONG_STORE : AccessKind.STORE);
    }

    private static List<Operand> elements(Translation t, int index) {
        int wanted = t.has("v2") ? 2 : t.has("v4") ? 4 : t.has("v8") ? 8 : 1;
        List<Operand> elements = t.elements(index);
        if (elements.size() != wanted) {
            throw t.error("has " + elements.size() + " elements and should have " + wanted);
        }
        return elements;
    }

    private static boolean strong(Translation t) {
        return t.has("volatile") || t.has("relaxed") || t.has("acquire") || t.has("release") || t.has("mmio") || t.has("cv");
    }

    /** A hint to caches. */
    static final class Nothing extends Operation {
        @Override
        void execute(Warp warp, int lanes) { }
    }

    /** alloca: more local memory until the function returns. Returns its address in the local window. */
    private static final class Alloca extends ControlOperation {
        private static final int ALIGNMENT = 16;
        private final int target;
        private final Source size;

        Alloca(int target, Source size) {
            this.target = target;
            this.size = size;
        }

        @Override
        void step(Warp warp, Fragment fragment, int lanes) {
            warp.observe(this, lanes);
            FunctionCode code = fragment.frame.code();
            int fixed = code == null ? warp.block.launch.program().frameBytes() : code.frameBytes();
            long base = Math.ceilDiv(fragment.frame.base() + fixed + fragment.taken, ALIGNMENT) * ALIGNMENT;
            long most = 0;
            for (int rest = lanes; rest != 0; rest &= rest - 1) {
                int lane = Integer.numberOfTrailingZeros(rest);
                long asked = size.bits(warp, lane);
                if (asked < 0 || base + asked > warp.block.localBytes) {
                    throw Spaces.outside(warp, lane, Space.LOCAL, base, Math.clamp(asked, 0, Integer.MAX_VALUE));
                }
                most = Math.max(most, asked);
                warp.longs[target + lane] = base;
            }
            fragment.taken = (int) (base + most - fragment.frame.base() - fixed);
            fragment.pc++;
        }
    }
}
