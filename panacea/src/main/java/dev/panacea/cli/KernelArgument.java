package dev.panacea.cli;

import dev.panacea.runtime.BadInputException;
import dev.panacea.runtime.CudaBuffer;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import dev.panacea.runtime.cuda.KernelSignature;
import dev.panacea.runtime.cuda.LaunchArguments;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One argument of a kernel as a command line gives it: {@code f32=0.5}, {@code bf16:4096}, {@code out:f32:4096} or {@code null}. */
sealed interface KernelArgument {
    Pattern BUFFER = Pattern.compile("(out:)?(\\w+):(\\d{1,10})");
    Pattern SCALAR = Pattern.compile("(i32|i64|f32|f64)=(.+)");

    KernelSignature.Kind kind();

    /** Puts the argument in place {@code index}; memory comes from {@code scope} and random values from {@code random}. */
    void set(LaunchArguments arguments, int index, MemoryScope scope, Random random);

    /** A number. */
    record Scalar(KernelSignature.Kind kind, Number value) implements KernelArgument {
        @Override
        public void set(LaunchArguments arguments, int index, MemoryScope scope, Random random) {
            switch (kind) {
                case INT -> arguments.set(index, value.intValue());
                case LONG -> arguments.set(index, value.longValue());
                case FLOAT -> arguments.set(index, value.floatValue());
                case DOUBLE -> arguments.set(index, value.doubleValue());
                case POINTER -> arguments.setPointer(index, value.longValue());
            }
        }
    }

    /** Device memory, random or never written. */
    record Memory(DType dtype, int count, boolean unwritten) implements KernelArgument {
        @Override
        public KernelSignature.Kind kind() {
            return KernelSignature.Kind.POINTER;
        }

        @Override
        public void set(LaunchArguments arguments, int index, MemoryScope scope, Random random) {
            String name = "argument " + index;
            CudaBuffer buffer = unwritten ? CudaBuffer.of(scope.allocate(name, dtype, count))
                : RandomBuffer.normal(scope, name, dtype, count, random);
            arguments.setPointer(index, buffer.address());
        }
    }

    /** @throws BadInputException for text that is no argument, with what is */
    static KernelArgument parse(String text) {
        if (text.equals("null")) {
            return new Scalar(KernelSignature.Kind.POINTER, 0L);
        }
        try {
            Matcher scalar = SCALAR.matcher(text);
            if (scalar.matches()) {
                return scalar(scalar.group(1), scalar.group(2));
            }
            Matcher buffer = BUFFER.matcher(text);
            if (buffer.matches()) {
                return new Memory(dtype(buffer.group(2)), Integer.parseInt(buffer.group(3)), buffer.group(1) != null);
            }
        } catch (IllegalArgumentException e) {
            // a number out of range or a dtype that there is not: the sentence below says it
        }
        throw new BadInputException("--arg " + text + " is no argument; give a number such as i32=5, i64=5, f32=0.5 or f64=0.5, memory "
            + "with random values such as f32:1000, memory that nobody wrote such as out:bf16:1000, or null");
    }

    private static Scalar scalar(String type, String value) {
        return switch (type) {
            case "i32" -> new Scalar(KernelSignature.Kind.INT, Integer.decode(value));
            case "i64" -> new Scalar(KernelSignature.Kind.LONG, Long.decode(value));
            case "f32" -> new Scalar(KernelSignature.Kind.FLOAT, Float.valueOf(value));
            default -> new Scalar(KernelSignature.Kind.DOUBLE, Double.valueOf(value));
        };
    }

    private static DType dtype(String name) {
        return Arrays.stream(DType.values()).filter(dtype -> dtype.name().toLowerCase(Locale.ROOT).equals(name)).findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no dtype " + name));
    }
}
