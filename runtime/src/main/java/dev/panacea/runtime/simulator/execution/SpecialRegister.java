package dev.panacea.runtime.simulator.execution;

import dev.panacea.runtime.cuda.Dimensions;
import java.util.HashMap;
import java.util.Map;

/** The special registers that stay as they are while a block runs. */
enum SpecialRegister {
    TID_X("%tid.x"), TID_Y("%tid.y"), TID_Z("%tid.z"),
    NTID_X("%ntid.x"), NTID_Y("%ntid.y"), NTID_Z("%ntid.z"),
    CTAID_X("%ctaid.x"), CTAID_Y("%ctaid.y"), CTAID_Z("%ctaid.z"),
    NCTAID_X("%nctaid.x"), NCTAID_Y("%nctaid.y"), NCTAID_Z("%nctaid.z"),
    LANEID("%laneid"), WARPID("%warpid"), NWARPID("%nwarpid"), SMID("%smid"), NSMID("%nsmid"), GRIDID("%gridid"),
    LANEMASK_EQ("%lanemask_eq"), LANEMASK_LE("%lanemask_le"), LANEMASK_LT("%lanemask_lt"), LANEMASK_GE("%lanemask_ge"),
    LANEMASK_GT("%lanemask_gt"),
    DYNAMIC_SMEM_SIZE("%dynamic_smem_size"), TOTAL_SMEM_SIZE("%total_smem_size"),
    ENVREG1("%envreg1"), ENVREG2("%envreg2"), ENVREG("%envreg");

    private static final Map<String, SpecialRegister> BY_NAME = new HashMap<>();

    static {
        for (SpecialRegister register : values()) {
            BY_NAME.put(register.ptx, register);
        }
    }

    private final String ptx;

    SpecialRegister(String ptx) {
        this.ptx = ptx;
    }

    /** The register that PTX calls {@code name}; null when it is none of these. */
    static SpecialRegister named(String name) {
        SpecialRegister register = BY_NAME.get(name);
        return register == null && name.matches("%envreg([03-9]|[12][0-9]|3[01])") ? ENVREG : register;
    }

    int value(Warp warp, int lane) {
        Block block = warp.block;
        Launch launch = block.launch;
        Dimensions threads = launch.geometry().block();
        Dimensions grid = launch.geometry().grid();
        int thread = warp.index * Warp.LANES + lane;
        return switch (this) {
            case TID_X -> thread % threads.x();
            case TID_Y -> thread / threads.x() % threads.y();
            case TID_Z -> thread / threads.x() / threads.y();
            case NTID_X -> threads.x();
            case NTID_Y -> threads.y();
            case NTID_Z -> threads.z();
            case CTAID_X -> block.x();
            case CTAID_Y -> block.y();
            case CTAID_Z -> block.z();
            case NCTAID_X -> grid.x();
            case NCTAID_Y -> grid.y();
            case NCTAID_Z -> grid.z();
            case LANEID -> lane;
            case WARPID -> warp.index;
            case NWARPID -> block.warps();
            case SMID -> block.number() % launch.multiprocessors();
            case NSMID -> launch.multiprocessors();
            case GRIDID -> launch.number();
            case LANEMASK_EQ -> 1 << lane;
            case LANEMASK_LE -> (2 << lane) - 1;
            case LANEMASK_LT -> (1 << lane) - 1;
            case LANEMASK_GE -> -1 << lane;
            case LANEMASK_GT -> -2 << lane;
            case DYNAMIC_SMEM_SIZE -> launch.geometry().dynamicSharedBytes();
            case TOTAL_SMEM_SIZE -> launch.sharedBytes();
            case ENVREG1 -> (int) (launch.gridWorkspace() >>> Integer.SIZE);
            case ENVREG2 -> (int) launch.gridWorkspace();
            case ENVREG -> 0;
        };
    }
}
