package dev.panacea.bench.device;

import dev.panacea.bench.device.AdapterShape.Pass;
import dev.panacea.kernels.svdlora.AdapterWay;
import dev.panacea.kernels.svdlora.AdapterWays;
import dev.panacea.kernels.svdlora.SvdLoraLinear;
import dev.panacea.kernels.svdlora.WeightRoom;
import dev.panacea.runtime.Blas;
import dev.panacea.runtime.Buffer;
import dev.panacea.runtime.CudaDevice;
import dev.panacea.runtime.DType;
import dev.panacea.runtime.MemoryScope;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/** One adapted layer of random values, to be run by every way there is, and the plain products under it. */
final class OwnAdapter implements AutoCloseable {
    /** The plain products on cuBLAS, without an adapter. */
    static final String BARE = "bare";
    static final String IN_ROOM = "cublas-augmented in room";

    private final CudaDevice device;
    private final Optional<Blas> cublas;
    private final AdapterShape layer;
    private final MemoryScope scope;
    private final Buffer x;
    private final Buffer weight;
    private final Buffer left;
    private final Buffer right;
    private final Buffer diagonal;
    private final Buffer projected;
    private final Buffer y;
    private final Buffer dy;
    private final Buffer dx;
    private final Buffer dLeft;
    private final Buffer dRight;
    private final Buffer dDiagonal;

    /** @param cublas empty where there is none */
    OwnAdapter(CudaDevice device, Optional<Blas> cublas, AdapterShape layer) {
        this.device = device;
        this.cublas = cublas;
        this.layer = layer;
        scope = device.openScope("adapted layer");
        RandomOperands random = new RandomOperands(scope);
        x = random.bf16((long) layer.rows() * layer.inputs());
        weight = random.bf16((long) layer.outputs() * layer.inputs());
        left = random.bf16((long) layer.outputs() * layer.rank());
        right = random.bf16((long) layer.inputs() * layer.rank());
        diagonal = random.f32(layer.rank());
        projected = random.f32((long) layer.rows() * layer.rank());
        y = scope.allocate("y", DType.BF16, (long) layer.rows() * layer.outputs());
        dy = random.bf16((long) layer.rows() * layer.outputs());
        dx = scope.allocate("dx", DType.BF16, x.count());
        dLeft = random.f32(left.count());
        dRight = random.f32(right.count());
        dDiagonal = random.f32(layer.rank());
    }

    /** What can run here, by its name. */
    SequencedMap<String, Runnable> calls(Pass pass) {
        SequencedMap<String, Runnable> calls = new LinkedHashMap<>();
        cublas.ifPresent(blas -> calls.put(BARE, () -> bare(blas, pass)));
        for (AdapterWay way : AdapterWay.values()) {
            if (!way.onCublas() || cublas.isPresent()) {
                calls.put(way.spelled(), adapted(pass, way, weight));
            }
        }
        if (cublas.isPresent()) {
            calls.put(IN_ROOM, adapted(pass, AdapterWay.CUBLAS_AUGMENTED, inRoom()));
        }
        return calls;
    }

    private Buffer inRoom() {
        WeightRoom room = WeightRoom.of(layer.inputs(), layer.outputs(), layer.rank());
        Buffer roomy = scope.allocate("W0 with room", DType.BF16, room.elements());
        room.fill(device, weight, roomy);
        return roomy;
    }

    private Runnable adapted(Pass pass, AdapterWay way, Buffer w) {
        SvdLoraLinear linear = SvdLoraLinear.on(device, AdapterWays.always(way));
        return () -> {
            if (pass.forward()) {
                linear.forward(layer.shape(), SvdLoraLinear.Path.AUGMENTED, x, w, left, right, diagonal, null, projected, y);
            }
            if (pass.backward()) {
                linear.backward(layer.shape(), dy, x, w, left, right, diagonal, null, projected, dx, false, dLeft, dRight, dDiagonal);
            }
        };
    }

    private void bare(Blas blas, Pass pass) {
        if (pass.forward()) {
            blas.gemm(false, true, layer.rows(), layer.outputs(), layer.inputs(), 1, x, layer.inputs(), weight, layer.inputs(), 0, y,
                layer.outputs());
        }
        if (pass.backward()) {
            blas.gemm(false, false, layer.rows(), layer.inputs(), layer.outputs(), 1, dy, layer.outputs(), weight, layer.inputs(), 0, dx,
                layer.inputs());
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
