package dev.panacea.runtime.simulator.ptx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parses one kernel or device function: its head, the declarations of its scopes and its instructions. */
final class FunctionParser {
    private static final int MOST_REGISTERS = 1 << 20;

    private final TokenStream tokens;
    private final VariableParser variableParser;
    private final Scopes scopes = new Scopes();
    private final OperandParser operands;
    private final List<PtxVariable> variables = new ArrayList<>();
    private final List<PtxInstruction> instructions = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private final Map<String, List<String>> tables = new HashMap<>();
    private final Map<String, List<Long>> limits = new LinkedHashMap<>();

    FunctionParser(TokenStream tokens) {
        this.tokens = tokens;
        variableParser = new VariableParser(tokens);
        operands = new OperandParser(tokens, scopes);
    }

    /** A function from behind {@code .entry} or {@code .func}. */
    PtxFunction parse(boolean kernel) {
        List<PtxVariable> results = tokens.at("(") ? parameters() : List.of();
        int line = tokens.line();
        String name = tokens.expect(Token.Kind.NAME, "the name of a function").text();
        List<PtxVariable> parameters = tokens.at("(") ? parameters() : List.of();
        limits();
        boolean defined = tokens.at("{");
        if (defined) {
            scopes.open(line);
            declareRegisters(results);
            declareRegisters(parameters);
            enter();
        } else {
            tokens.expect(";");
        }
        return new PtxFunction(name, kernel, line, results, parameters, variables, scopes.registers(), instructions, labels, tables, limits,
            defined);
    }

    private List<PtxVariable> parameters() {
        List<PtxVariable> parameters = new ArrayList<>();
        tokens.expect("(");
        while (!tokens.at(")")) {
            parameters.add(variableParser.parameter());
            if (!tokens.accept(",")) {
                break;
            }
        }
        tokens.expect(")");
        return parameters;
    }

    private void declareRegisters(List<PtxVariable> parameters) {
        for (PtxVariable parameter : parameters) {
            if (parameter.space() == PtxVariable.Space.REG) {
                scopes.declare(parameter.name(), parameter.type());
            }
        }
    }

    /** {@code .maxntid 256, 1, 1} and its like. */
    private void limits() {
        while (tokens.at(Token.Kind.DOTTED)) {
            String name = tokens.next().text().substring(1);
            List<Long> numbers = new ArrayList<>();
            while (tokens.at(Token.Kind.NUMBER) || tokens.at(Token.Kind.STRING)) {
                if (tokens.at(Token.Kind.STRING)) {
                    tokens.next();
                } else {
                    numbers.add(variableParser.number());
                }
                tokens.accept(",");
            }
            if (name.equals("pragma")) {
                tokens.accept(";");
            }
            limits.put(name, numbers);
        }
    }

    private void enter() {
        tokens.expect("{");
        declareLabels();
        while (scopes.depth() > 1 || !tokens.at("}")) {
            if (tokens.at("{")) {
                scopes.open(tokens.line());
                tokens.next();
                declareLabels();
            } else if (tokens.accept("}")) {
                scopes.close();
            } else {
                statement();
            }
        }
        tokens.expect("}");
    }

    /** Labels may be named before they stand, so those of a scope are found first. */
    private void declareLabels() {
        int depth = 0;
        for (int i = 0; ; i++) {
            Token token = tokens.peek(i);
            if (token.kind() == Token.Kind.END || depth == 0 && token.is("}")) {
                return;
            }
            depth += token.is("{") ? 1 : token.is("}") ? -1 : 0;
            if (depth == 0 && label(i)) {
                scopes.declareSymbol(token.text());
            }
        }
    }

    private boolean label(int ahead) {
        return tokens.peek(ahead).kind() == Token.Kind.NAME && tokens.peek(ahead + 1).is(":");
    }

    private void statement() {
        if (label(0)) {
            label();
        } else if (tokens.at(Token.Kind.DOTTED)) {
            directive();
        } else {
            instruction();
        }
    }

    private void label() {
        int line = tokens.line();
        String name = scopes.symbol(tokens.next().text());
        tokens.expect(":");
        if (tokens.accept(".branchtargets")) {
            List<String> targets = new ArrayList<>();
            do {
                targets.add(scopes.symbol(tokens.expect(Token.Kind.NAME, "a label").text()));
            } while (tokens.accept(","));
            tokens.expect(";");
            tables.put(name, targets);
        } else if (tokens.accept(".callprototype") || tokens.accept(".calltargets")) {
            skipStatement();
        } else if (labels.put(name, instructions.size()) != null) {
            throw new PtxException(line, "label " + name + " stands twice");
        }
    }

    private void skipStatement() {
        while (!tokens.accept(";")) {
            if (tokens.at(Token.Kind.END)) {
                throw tokens.expected("';'");
            }
            tokens.next();
        }
    }

    private void directive() {
        Token token = tokens.peek();
        switch (token.text()) {
            case ".reg" -> registers();
            case ".local", ".shared", ".param", ".global", ".const" -> declare(variableParser.variables(false));
            case ".loc", ".file" -> tokens.skipLine(token.line());
            case ".pragma" -> skipStatement();
            default -> throw tokens.expected("an instruction");
        }
    }

    private void declare(List<PtxVariable> declared) {
        for (PtxVariable variable : declared) {
            variables.add(new PtxVariable(variable.space(), scopes.declareSymbol(variable.name()), variable.type(), variable.alignment(),
                variable.bytes(), variable.contents(), variable.references(), false, variable.line()));
        }
    }

    private void registers() {
        tokens.next();
        int elements = tokens.accept(".v2") ? 2 : tokens.accept(".v4") ? 4 : 1;
        Token typeToken = tokens.expect(Token.Kind.DOTTED, "a type");
        PtxType type = PtxType.named(typeToken.text().substring(1));
        if (type == null) {
            throw new PtxException(typeToken.line(), "expected a type and found " + typeToken);
        }
        do {
            String name = tokens.expect(Token.Kind.NAME, "a register").text();
            if (elements > 1) {
                scopes.declareVector(name, elements, type);
            } else if (tokens.accept("<")) {
                int line = tokens.line();
                long count = variableParser.number();
                if (count < 0 || count > MOST_REGISTERS) {
                    throw new PtxException(line, count + " registers " + name);
                }
                scopes.declareRange(name, (int) count, type);
                tokens.expect(">");
            } else {
                scopes.declare(name, type);
            }
        } while (tokens.accept(","));
        tokens.expect(";");
    }

    private void instruction() {
        Token first = tokens.peek();
        Operand.Register guard = null;
        boolean negated = false;
        if (tokens.accept("@")) {
            negated = tokens.accept("!");
            guard = operands.register();
            if (guard.type() != PtxType.PRED) {
                throw new PtxException(first.line(), "the guard " + guard.name() + " is not a predicate");
            }
        }
        String opcode = tokens.expect(Token.Kind.NAME, "an instruction").text();
        List<String> modifiers = new ArrayList<>();
        while (tokens.at(Token.Kind.DOTTED)) {
            modifiers.add(tokens.next().text().substring(1));
        }
        List<Operand> list = opcode.equals("call") ? callOperands() : operands.list(";");
        tokens.expect(";");
        instructions.add(new PtxInstruction(first.line(), tokens.textFrom(first), guard, negated, opcode, List.copyOf(modifiers), list));
    }

    /** {@code (results), function, (arguments), prototype}: groups are kept, even where only one is there. */
    private List<Operand> callOperands() {
        List<Operand> list = new ArrayList<>();
        do {
            list.add(operands.operand());
        } while (tokens.accept(","));
        return list;
    }
}
