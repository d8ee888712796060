package dev.panacea.runtime.simulator.ptx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PtxParserTest {
    private static final String HEADER = """
        // a comment
        .version 8.0
        .target sm_80, debug
        .address_size 64
        """;

    private static PtxFunction body(String statements) {
        return PtxParser.parse(HEADER + ".visible .entry k(.param .u64 k_0) {\n" + statements + "\n}").functions().getFirst();
    }

    private static PtxInstruction instruction(String text) {
        return body(".reg .pred %p<4>; .reg .b32 %r<10>; .reg .b64 %rd<4>; .reg .f32 %f<4>;\n" + text).instructions().getFirst();
    }

    @Test
    void readsTheHeaderAndEndsAtAZeroByte() {
        PtxModule module = PtxParser.parse((HEADER + "\0\0").getBytes(StandardCharsets.UTF_8));
        assertEquals(80, module.version());
        assertEquals("sm_80", module.target());
    }

    @Test
    void readsVariablesAndWhatFillsThem() {
        PtxModule module = PtxParser.parse(HEADER + """
            .visible .global .align 4 .u32 words[2][2] = {{1, 2}, {0xFF, -1}};
            .const .align 8 .f32 reals[3] = {0f3F800000, 0.5};
            .global .align 8 .u64 places[2] = {generic(words)+4, reals};
            .extern .shared .align 16 .b8 open[];
            .global .align 1 .b8 $str$1[4] = {104, 105, 33};
            """);
        List<PtxVariable> variables = module.variables();
        assertEquals(16, variables.get(0).bytes());
        assertArrayEquals(new byte[] {1, 0, 0, 0, 2, 0, 0, 0, -1, 0, 0, 0, -1, -1, -1, -1}, variables.get(0).contents());
        assertEquals(12, variables.get(1).bytes());
        assertArrayEquals(new byte[] {0, 0, -128, 63, 0, 0, 0, 63}, variables.get(1).contents());
        assertEquals(List.of(new PtxVariable.Reference(0, 8, "words", 4), new PtxVariable.Reference(8, 8, "reals", 0)),
            variables.get(2).references());
        assertEquals(0, variables.get(3).bytes());
        assertEquals(16, variables.get(3).alignment());
        assertTrue(variables.get(3).external());
        assertEquals("$str$1", variables.get(4).name());
    }

    @Test
    void readsTheHeadOfAKernel() {
        PtxFunction kernel = PtxParser.parse(HEADER + """
            .weak .entry k(.param .u64 .ptr .global .align 16 a, .param .align 8 .b8 b[24])
            .maxntid 256, 1, 1
            .minnctapersm 2
            { ret; }
            """).functions().getFirst();
        assertTrue(kernel.kernel());
        assertEquals(List.of(256L, 1L, 1L), kernel.limits().get("maxntid"));
        assertEquals(24, kernel.parameters().get(1).bytes());
        assertEquals(8, kernel.parameters().get(1).alignment());
    }

    @Test
    void readsEveryFormOfOperand() {
        PtxInstruction load = instruction("@!%p1 ld.global.nc.L2::128B.v4.u32 {%r1, _, %r3, %r4}, [%rd1+-16];");
        assertTrue(load.negated());
        assertEquals("%p1", load.guard().name());
        assertEquals(List.of("global", "nc", "L2::128B", "v4", "u32"), load.modifiers());
        assertInstanceOf(Operand.Sink.class, ((Operand.Vector) load.operands().getFirst()).elements().get(1));
        assertEquals(-16, ((Operand.Address) load.operands().get(1)).offset());
        assertEquals(PtxType.U32, load.type());
        assertEquals("@!%p1 ld.global.nc.L2::128B.v4.u32 {%r1, _, %r3, %r4}, [%rd1+-16];", load.text());
        assertInstanceOf(Operand.Pair.class, instruction("shfl.sync.idx.b32 %r1|%p2, %r2, 0, 31, -1;").operands().getFirst());
        assertEquals(new Operand.Special("%tid.x"), instruction("mov.u32 %r1, %tid.x;").operands().get(1));
        assertEquals(new Operand.Immediate(0x3F800000L, PtxType.F32), instruction("mov.f32 %f1, 0f3F800000;").operands().get(1));
        assertEquals(new Operand.Immediate(-2147483648L, PtxType.S64), instruction("mov.u32 %r1, -2147483648;").operands().get(1));
        assertEquals(new Operand.Symbol("k_0", 8), instruction("mov.u64 %rd1, k_0+8;").operands().get(1));
        assertInstanceOf(Operand.Negated.class, instruction("setp.eq.and.s32 %p1, %r1, 0, !%p2;").operands().getLast());
    }

    @Test
    void scopesKeepEqualNamesApart() {
        PtxFunction function = body("""
            .reg .b32 %r<3>;
            { .reg .b32 t; .param .b32 param0; AGAIN: mov.u32 t, 1; bra AGAIN; }
            { .reg .b32 t; .param .b32 param0; AGAIN: mov.u32 t, 2; bra AGAIN; }
            mov.u32 %r1, 3;
            """);
        List<PtxInstruction> instructions = function.instructions();
        assertNotEquals(instructions.get(0).operands().getFirst(), instructions.get(2).operands().getFirst());
        assertNotEquals(instructions.get(1).operands().getFirst(), instructions.get(3).operands().getFirst());
        assertNotEquals(function.variables().get(0).name(), function.variables().get(1).name());
        assertEquals(2, function.labels().get(((Operand.Symbol) instructions.get(3).operands().getFirst()).name()));
    }

    @Test
    void readsCallsTablesAndDirectivesBetween() {
        PtxFunction function = body("""
            .reg .b32 %r<3>;
            .reg .b64 %rd<2>;
            .loc 1 5 3, function_name $L__info0, inlined_at 1 20 3
            .pragma "nounroll";
            TABLE: .branchtargets A, B;
            prototype_0 : .callprototype (.param .b32 _) _ (.param .b32 _);
            A: call (%r1), %rd1, (%r2, 3), prototype_0;
            B: brx.idx %r1, TABLE;
            """);
        assertEquals(List.of("A", "B"), function.tables().get("TABLE"));
        assertEquals(4, function.instructions().getFirst().operands().size());
        assertEquals(1, function.labels().get("B"));
    }

    @Test
    void skipsSectionsOfDebugInformation() {
        String text = HEADER + ".file 1 \"a b.cu\"\n.func f { ret; }\n.section .debug_str { .b8 1, 2; { } }";
        assertEquals(1, PtxParser.parse(text).functions().size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        mov.u32 %r9, 1;                | 6 | register '%r9' is not declared
        mov.u32 %r1, 1                 | 7 | expected ';'
        mov.u32 %r1, [%r1;             | 6 | expected ']'
        mov.u32 %r1, 0xZZ;             | 6 | '0xZZ' is not a number
        @%r1 mov.u32 %r1, 0;           | 6 | is not a predicate
        .global;                       | 6 | expected a type
        A: A: ret;                     | 6 | label A stands twice
        /* never                       | 6 | a comment that does not end
        .reg .b99 %x;                  | 6 | expected a type and found '.b99'
        """)
    void errorsNameTheLineAndWhatWasExpected(String statement, int line, String message) {
        PtxException thrown = assertThrows(PtxException.class, () -> body(".reg .b32 %r<3>; " + statement));
        assertEquals(line, thrown.line(), thrown.getMessage());
        assertTrue(thrown.getMessage().contains(message), thrown.getMessage());
    }

    @Test
    void deepNestingIsRefusedAndDoesNotOverflow() {
        String deep = "{".repeat(100_000);
        assertTrue(assertThrows(PtxException.class, () -> body(deep)).getMessage().contains("nested deeper"));
        assertTrue(assertThrows(PtxException.class, () -> body("mov.u32 " + deep)).getMessage().contains("nested less deeply"));
    }
}
