#include "side_by_side.cuh"

namespace {

// C = [a | narrow] · [b ; factor] by blocks of 128 x 128; rank, a multiple of 16, is the depth of the second pair.
template <typename Left, typename NarrowLeft, typename Right, typename NarrowRight, typename T>
__device__ __forceinline__ void product(const Operand& a, const Operand& narrow, const Operand& b, const Operand& factor, T* c, bool add) {
    const ProductTile tile = ProductTile::of(a.lines, b.lines);
    const SideBySide<Left, NarrowLeft> left(a, narrow, tile.row);
    const SideBySide<Right, NarrowRight> right(b, factor, tile.column);
    T* slice = c + static_cast<size_t>(blockIdx.y) * a.lines * b.lines;
    productOfTile(left, right, left.depth(), tile, StoreMatrix<T>(slice, a.lines, b.lines, add));
}

}  // namespace

#define ADAPTED(name, RightOrder, rightStride, factorStride, aligned, type)                                                           \
    extern "C" __global__ void __launch_bounds__(ProductBlock::THREADS, 2)                                                            \
    name(const __nv_bfloat16* a, const __nv_bfloat16* narrow, const __nv_bfloat16* b, const __nv_bfloat16* factor, type* c, int rows, \
         int columns, int depth, int rank, int add) {                                                                                 \
        product<LineMajor<Side::LEFT, aligned>, LineMajor<Side::LEFT, true>, RightOrder<Side::RIGHT, aligned>,                        \
                RightOrder<Side::RIGHT, true>>(Operand{a, depth, rows, depth}, Operand{narrow, rank, rows, rank},                     \
                                               Operand{b, rightStride, columns, depth},                                               \
                                               Operand{factor, factorStride, columns, rank}, c, add);                                 \
    }

#define ADAPTED_ALIGNED_OR_NOT(name, RightOrder, rightStride, factorStride, type)    \
    ADAPTED(name, RightOrder, rightStride, factorStride, true, type)                 \
    ADAPTED(name##_unaligned, RightOrder, rightStride, factorStride, false, type)

// y = [x | h] · [W0 | U]ᵀ
ADAPTED_ALIGNED_OR_NOT(svdlora_forward_bf16, LineMajor, depth, rank, __nv_bfloat16)
ADAPTED_ALIGNED_OR_NOT(svdlora_forward_f32, LineMajor, depth, rank, float)
// dx = [dy | G ⊙ d] · [W0 ; Vᵀ], Vᵀ in rows of a multiple of 8
ADAPTED_ALIGNED_OR_NOT(svdlora_input_gradient_bf16, DepthMajor, columns, (columns + 7) / 8 * 8, __nv_bfloat16)
ADAPTED_ALIGNED_OR_NOT(svdlora_input_gradient_f32, DepthMajor, columns, (columns + 7) / 8 * 8, float)
