#include "../common/product_grid.cuh"

namespace {

// C = A · B by blocks of 128 x 128, A (rows, depth), B (depth, columns), each stored as Left and Right read it.
template <typename Left, typename Right, typename T>
__device__ __forceinline__ void product(const Operand& a, const Operand& b, T* c, bool add) {
    const ProductTile tile = ProductTile::of(a.lines, b.lines);
    T* slice = c + static_cast<size_t>(blockIdx.y) * a.lines * b.lines;
    productOfTile(Left(a, tile.row), Right(b, tile.column), a.depth, tile, StoreMatrix<T>(slice, a.lines, b.lines, add));
}

}  // namespace

#define PRODUCT(name, LeftOrder, RightOrder, leftStride, rightStride, aligned, type)                                               \
    extern "C" __global__ void __launch_bounds__(ProductBlock::THREADS, 2)                                                         \
    name(const __nv_bfloat16* a, const __nv_bfloat16* b, type* c, int rows, int columns, int depth, int add) {                     \
        product<LeftOrder<Side::LEFT, aligned>, RightOrder<Side::RIGHT, aligned>>(Operand{a, leftStride, rows, depth},             \
                                                                                  Operand{b, rightStride, columns, depth}, c, add); \
    }

#define PRODUCT_ALIGNED_OR_NOT(name, LeftOrder, RightOrder, leftStride, rightStride, type)         \
    PRODUCT(name, LeftOrder, RightOrder, leftStride, rightStride, true, type)                      \
    PRODUCT(name##_unaligned, LeftOrder, RightOrder, leftStride, rightStride, false, type)

PRODUCT_ALIGNED_OR_NOT(linear_forward_bf16, LineMajor, LineMajor, depth, depth, __nv_bfloat16)
PRODUCT_ALIGNED_OR_NOT(linear_forward_f32, LineMajor, LineMajor, depth, depth, float)
PRODUCT_ALIGNED_OR_NOT(linear_input_gradient_bf16, LineMajor, DepthMajor, depth, columns, __nv_bfloat16)
PRODUCT_ALIGNED_OR_NOT(linear_input_gradient_f32, LineMajor, DepthMajor, depth, columns, float)
PRODUCT_ALIGNED_OR_NOT(linear_weight_gradient_f32, DepthMajor, DepthMajor, rows, columns, float)
