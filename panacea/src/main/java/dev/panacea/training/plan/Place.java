package dev.panacea.training.plan;

import dev.panacea.kernels.Kernels;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.HostDevice;
import dev.panacea.runtime.simulator.DeviceModel;
import dev.panacea.runtime.simulator.PaperDriver;

/** Where planned work would run: on a card, or on a host with so many threads. */
public sealed interface Place {

    /** Any CUDA device, real or simulated. */
    record Card(DeviceModel model) implements Place { }

    /** A host that computes with F32 activations. */
    record Host(int threads) implements Place { }

    /** Where {@code kernels} run; for BF16 activations on a host, which are there to imitate a card, an A800. */
    static Place of(Kernels kernels) {
        return switch (kernels.device()) {
            case HostDevice host when kernels.activations() == DType.F32 -> new Host(host.workers().count());
            case HostDevice host -> new Card(DeviceModel.a800());
            case CudaDevice cuda -> new Card(DeviceModel.like(cuda.properties()));
        };
    }

    /** A device on paper, of which memory can be taken without end. */
    default CudaDevice open() {
        return CudaDevice.open(new PaperDriver(switch (this) {
            case Card card -> card.model;
            case Host host -> DeviceModel.a800();
        }), 0);
    }

    /** The families of this place, which compute nothing on a device on paper. */
    default Kernels kernels(CudaDevice paper) {
        return switch (this) {
            case Card card -> Kernels.on(paper);
            case Host host -> Kernels.ofHostOnPaper(paper, host.threads);
        };
    }
}
