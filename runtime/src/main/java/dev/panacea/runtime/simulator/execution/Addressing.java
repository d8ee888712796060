package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxType;
import java.util.Arrays;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The address operand of an instruction.
 *
 * @param register what holds it; null where only {@code offset} is given
 * @param framed whether the offset counts from the frame of the running function
 */
record Addressing(Space space, Source register, long offset, boolean framed) {
    private static final long LOW = 0xFFFFFFFFL;

    static Addressing of(Translation t, Operand operand, Space space) {
        if (!(operand instanceof Operand.Address address) || !address.coordinates().isEmpty()) {
            throw t.error("needs an address in brackets");
        }
        return switch (address.base()) {
            case null -> new Addressing(space, null, address.offset(), false);
            case Operand.Register register -> new Addressing(space, t.source(register, PtxType.B64), address.offset(), false);
            case Operand.Symbol symbol -> symbol(t, t.place(symbol.name()), space, address.offset());
            default -> throw t.error("needs a register or a variable as address");
        };
    }

    private static Addressing symbol(Translation t, Place place, Space wanted, long offset) {
        Space space = switch (place.kind()) {
            case GLOBAL -> Space.GLOBAL;
            case CONSTANT -> Space.CONSTANT;
            case SHARED -> Space.SHARED;
            case LOCAL -> Space.LOCAL;
            case PARAMETER -> Space.PARAMETER;
            case CODE -> throw t.error("reads the code of a function");
        };
        boolean fits = space == wanted || wanted == Space.GENERIC && space != Space.PARAMETER || wanted == Space.PARAMETER
            && space == Space.LOCAL;
        if (!fits) {
            throw t.error("names a variable of another state space");
        }
        return new Addressing(space, null, place.address() + offset, space == Space.LOCAL);
    }

    /** Puts the address of each lane into the warp's scratch: as its space counts, offsets in shared, local and parameter memory. */
    long[] resolve(Warp warp, int lanes) {
        long[] addresses = warp.addresses;
        if (register == null) {
            Arrays.fill(addresses, offset + (framed ? warp.frame.base() : 0));
        } else if (register.wide()) {
            for (int i = 0; i < Warp.LANES; i += Lanes.LONG_STEP) {
                Lanes.load(warp.longs, register.slot() + i).add(offset).intoArray(addresses, i);
            }
        } else {
            int[] words = warp.words;
            for (int i = 0; i < Warp.LANES; i++) {
                addresses[i] = (words[register.slot() + i] & LOW) + offset;
            }
        }
        return addresses;
    }

    /** Whether all addresses lie from {@code base} to {@code last} bytes beyond it; if so they become offsets from it. */
    static boolean rebase(long[] addresses, long base, long last) {
        VectorMask<Long> outside = Lanes.LONGS.maskAll(false);
        for (int i = 0; i < Warp.LANES; i += Lanes.LONG_STEP) {
            outside = outside.or(Lanes.load(addresses, i).sub(base).compare(VectorOperators.UGT, last));
        }
        if (last < 0 || outside.anyTrue()) {
            return false;
        }
        for (int i = 0; base != 0 && i < Warp.LANES; i += Lanes.LONG_STEP) {
            Lanes.load(addresses, i).sub(base).intoArray(addresses, i);
        }
        return true;
    }

    /** The bits that are set in any of all addresses. */
    static long union(long[] addresses) {
        LongVector union = Lanes.load(addresses, 0);
        for (int i = Lanes.LONG_STEP; i < Warp.LANES; i += Lanes.LONG_STEP) {
            union = union.or(Lanes.load(addresses, i));
        }
        return union.reduceLanes(VectorOperators.OR);
    }

    /** Whether each lane's address is {@code bytes} beyond the one of the lane before. */
    static boolean consecutive(long[] addresses, int bytes) {
        LongVector expected = LongVector.broadcast(Lanes.LONGS, addresses[0]).addIndex(bytes);
        if (addresses[Warp.LANES - 1] - addresses[0] != (Warp.LANES - 1L) * bytes) {
            return false;
        }
        LongVector different = LongVector.zero(Lanes.LONGS);
        for (int i = 0; i < Warp.LANES; i += Lanes.LONG_STEP) {
            different = different.or(Lanes.load(addresses, i).lanewise(VectorOperators.XOR, expected.add((long) i * bytes)));
        }
        return different.reduceLanes(VectorOperators.OR) == 0;
    }
}
