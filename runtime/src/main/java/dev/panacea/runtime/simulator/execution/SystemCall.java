package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.cuda.CudaError;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The functions that the driver gives to kernels: vprintf and __assertfail. */
final class SystemCall extends Operation {
    private static final int LONGEST_TEXT = 1 << 16;

    private final String function;
    private final List<Passed> results;
    private final List<Passed> arguments;

    private SystemCall(String function, List<Passed> results, List<Passed> arguments) {
        this.function = function;
        this.results = results;
        this.arguments = arguments;
    }

    static Operation decode(Translation t, String function, List<Passed> results, List<Passed> arguments) {
        int expected = switch (function) {
            case "vprintf" -> 2;
            case "__assertfail" -> 5;
            default -> throw t.error("calls " + function + ", which this module does not define and the simulated GPU does not have");
        };
        if (arguments.size() != expected) {
            throw t.error("gives " + arguments.size() + " arguments to " + function + ", which takes " + expected);
        }
        return new SystemCall(function, results, arguments);
    }

    @Override
    void execute(Warp warp, int lanes) {
        for (int rest = lanes; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            if (function.equals("__assertfail")) {
                throw new LaneFault(CudaError.ASSERT, lane, text(warp, lane, argument(warp, lane, 1)) + ":"
                    + (int) argument(warp, lane, 2) + ": " + text(warp, lane, argument(warp, lane, 3)) + ": assertion `"
                    + text(warp, lane, argument(warp, lane, 0)) + "` failed");
            }
            print(warp, lane);
        }
    }

    private void print(Warp warp, int lane) {
        String format = text(warp, lane, argument(warp, lane, 0));
        long values = argument(warp, lane, 1);
        FormatText printed = new FormatText(format, new FormatText.Values() {
            @Override
            public long read(int offset, int bytes) {
                MemorySegment segment = Spaces.generic(warp, lane, values + offset, bytes);
                return bytes == Long.BYTES ? segment.get(ValueLayout.JAVA_LONG_UNALIGNED, 0)
                    : segment.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
            }

            @Override
            public String text(long address) {
                return SystemCall.text(warp, lane, address);
            }
        });
        warp.block.launch.machine().printed().accept(printed.formatted());
        if (!results.isEmpty()) {
            store(warp, lane, results.getFirst(), printed.count());
        }
    }

    private long argument(Warp warp, int lane, int index) {
        Passed passed = arguments.get(index);
        if (passed.register() != null) {
            return passed.register().bits(warp, lane);
        }
        MemorySegment local = Call.local(warp);
        long at = (long) (warp.index * Warp.LANES + lane) * warp.block.localBytes + warp.frame.base() + passed.offset();
        return function.equals("__assertfail") && index == 2 ? local.get(ValueLayout.JAVA_INT_UNALIGNED, at)
            : local.get(ValueLayout.JAVA_LONG_UNALIGNED, at);
    }

    private static void store(Warp warp, int lane, Passed result, int value) {
        if (result.register() != null) {
            result.register().set(warp, lane, value);
        } else {
            long at = (long) (warp.index * Warp.LANES + lane) * warp.block.localBytes + warp.frame.base() + result.offset();
            Call.local(warp).set(ValueLayout.JAVA_INT_UNALIGNED, at, value);
        }
    }

    private static String text(Warp warp, int lane, long address) {
        StringBuilder text = new StringBuilder();
        for (long at = address; text.length() < LONGEST_TEXT; at++) {
            byte next = Spaces.generic(warp, lane, at, 1).get(ValueLayout.JAVA_BYTE, 0);
            if (next == 0) {
                break;
            }
            text.append((char) (next & 0xFF));
        }
        return new String(text.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
