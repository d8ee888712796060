package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.simulator.ptx.Operand;
import dev.panacea.runtime.simulator.ptx.PtxFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Gives the registers of a function slots, the same slot to several whose lives do not overlap. All writes touch only the lanes that
 * execute them, so what holds for one thread's path through the function holds for each lane.
 */
final class RegisterAllocation {
    private final PtxFunction function;
    private final ControlFlow flow;
    private final List<Dataflow> dataflow;
    private final int[] begin;
    private final int[] end;
    private final int[] slots;
    private final Map<Bank, Integer> counts = new EnumMap<>(Bank.class);
    private BitSet undefined = new BitSet();

    RegisterAllocation(PtxFunction function, ControlFlow flow) {
        this.function = function;
        this.flow = flow;
        dataflow = function.instructions().stream().map(Dataflow::of).toList();
        int registers = function.registers().size();
        begin = new int[registers];
        end = new int[registers];
        slots = new int[registers];
        Arrays.fill(begin, Integer.MAX_VALUE);
        Arrays.fill(end, -1);
        findLives();
        for (Bank bank : Bank.values()) {
            counts.put(bank, scan(bank));
        }
    }

    /** The slot of a register within its bank, from 0. */
    int slot(Operand.Register register) {
        return slots[register.index()];
    }

    int count(Bank bank) {
        return counts.get(bank);
    }

    /** Registers that may be read before they are written. */
    List<Operand.Register> undefined() {
        return undefined.stream().mapToObj(function.registers()::get).toList();
    }

    private void findLives() {
        int blocks = flow.blocks();
        BitSet[] gen = new BitSet[blocks];
        BitSet[] kill = new BitSet[blocks];
        BitSet[] in = new BitSet[blocks];
        BitSet[] out = new BitSet[blocks];
        for (int block = 0; block < blocks; block++) {
            gen[block] = new BitSet();
            kill[block] = new BitSet();
            summarise(block, gen[block], kill[block]);
            in[block] = (BitSet) gen[block].clone();
            out[block] = new BitSet();
        }
        for (boolean changed = true; changed;) {
            changed = false;
            for (int block = blocks - 1; block >= 0; block--) {
                for (int successor : flow.successors(block)) {
                    out[block].or(in[successor]);
                }
                BitSet live = (BitSet) out[block].clone();
                live.andNot(kill[block]);
                live.or(gen[block]);
                if (!live.equals(in[block])) {
                    in[block] = live;
                    changed = true;
                }
            }
        }
        for (int block = 0; block < blocks; block++) {
            int first = flow.first(block);
            int last = flow.end(block) - 1;
            in[block].stream().forEach(register -> extend(register, first));
            out[block].stream().forEach(register -> extend(register, last + 1));
        }
        undefined = in[0];
    }

    private void summarise(int block, BitSet gen, BitSet kill) {
        for (int i = flow.first(block); i < flow.end(block) && i < dataflow.size(); i++) {
            for (Operand.Register register : dataflow.get(i).reads()) {
                extend(register.index(), i);
                if (!kill.get(register.index())) {
                    gen.set(register.index());
                }
            }
            boolean guarded = function.instructions().get(i).guard() != null;
            for (Operand.Register register : dataflow.get(i).writes()) {
                extend(register.index(), i);
                if (guarded && !kill.get(register.index())) {
                    gen.set(register.index());
                } else {
                    kill.set(register.index());
                }
            }
        }
    }

    private void extend(int register, int instruction) {
        begin[register] = Math.min(begin[register], instruction);
        end[register] = Math.max(end[register], instruction);
    }

    private record Busy(int end, int slot) { }

    private int scan(Bank bank) {
        List<Operand.Register> registers = new ArrayList<>(function.registers().stream()
            .filter(register -> Bank.of(register.type()) == bank && end[register.index()] >= 0).toList());
        registers.sort(Comparator.comparingInt(register -> begin[register.index()]));
        PriorityQueue<Busy> busy = new PriorityQueue<>(Comparator.comparingInt(Busy::end));
        PriorityQueue<Integer> free = new PriorityQueue<>();
        int count = 0;
        for (Operand.Register register : registers) {
            while (!busy.isEmpty() && busy.peek().end < begin[register.index()]) {
                free.add(busy.remove().slot);
            }
            int slot = free.isEmpty() ? count++ : free.remove();
            slots[register.index()] = slot;
            busy.add(new Busy(end[register.index()], slot));
        }
        return count;
    }
}
