package dev.panacea.runtime.simulator.checks;

import dev.panacea.runtime.simulator.observation.Site;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Floating-point operations: adds and multiplies, an fma two; divisions, comparisons and special functions are not counted.
 *
 * @param half scalar and packed float16 and bfloat16
 * @param single float32
 * @param doubles float64
 * @param tensor of mma, wmma and wgmma on floating-point matrices, 2·m·n·k each
 */
public record Flops(long half, long single, long doubles, long tensor) {
    static final Flops NONE = new Flops(0, 0, 0, 0);
    private static final Pattern SHAPE = Pattern.compile("\\.m(\\d+)n(\\d+)k(\\d+)");
    private static final long WARPS_OF_A_GROUP = 4;

    /** Of one instruction, which warps and lanes have executed as often as {@code count} says. */
    static Flops of(Site site, InstructionCount count) {
        Opcode opcode = Opcode.of(site);
        Matcher shape = SHAPE.matcher(opcode.name());
        if (opcode.name().contains("mma") && shape.find()) {
            return new Flops(0, 0, 0, opcode.has("s32") ? 0 : count.warps() * tensor(shape, opcode.name().startsWith("wgmma")));
        }
        return scalar(opcode.name(), count.threads() * perElement(opcode));
    }

    // A wgmma is one operation of four warps, each of which executes it.
    private static long tensor(Matcher shape, boolean byGroup) {
        long flops = 2 * Long.parseLong(shape.group(1)) * Long.parseLong(shape.group(2)) * Long.parseLong(shape.group(3));
        return byGroup ? flops / WARPS_OF_A_GROUP : flops;
    }

    private static long perElement(Opcode opcode) {
        String name = opcode.name();
        return switch (name.substring(0, Math.max(0, name.indexOf('.')))) {
            case "add", "sub", "mul" -> 1;
            case "fma", "mad" -> 2;
            default -> 0;
        };
    }

    private static Flops scalar(String name, long flops) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "f16", "bf16" -> new Flops(flops, 0, 0, 0);
            case "f16x2", "bf16x2" -> new Flops(2 * flops, 0, 0, 0);
            case "f32" -> new Flops(0, flops, 0, 0);
            case "f32x2" -> new Flops(0, 2 * flops, 0, 0);
            case "f64" -> new Flops(0, 0, flops, 0);
            default -> NONE;
        };
    }

    public Flops plus(Flops other) {
        return new Flops(half + other.half, single + other.single, doubles + other.doubles, tensor + other.tensor);
    }

    public long scalar() {
        return half + single + doubles;
    }

    public long total() {
        return scalar() + tensor;
    }
}
