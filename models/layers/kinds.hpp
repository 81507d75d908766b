// SPDX-License-Identifier: Apache-2.0
// Kinds of layers and of kernels, as freebits/layer_kinds.h lists them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "freebits/layer_kinds.h"

namespace freebits::models {

#define FB_ENUMERATOR(Kind, name, more) Kind,
/// Of a layer in a graph.
enum class LayerKind : std::uint8_t { FB_LAYER_KINDS(FB_ENUMERATOR) };
/// Of a layer in integers, and of the kernel that computes it.
enum class KernelKind : std::uint8_t { FB_KERNEL_KINDS(FB_ENUMERATOR) };
#undef FB_ENUMERATOR

#define FB_ONE(Kind, name, more) +1
inline constexpr std::size_t kLayerKinds = 0 FB_LAYER_KINDS(FB_ONE);
inline constexpr std::size_t kKernelKinds = 0 FB_KERNEL_KINDS(FB_ONE);
#undef FB_ONE

#define FB_NAME(Kind, name, more) #name,
inline constexpr std::array<std::string_view, kLayerKinds> kLayerKindNames = {
    FB_LAYER_KINDS(FB_NAME)};
inline constexpr std::array<std::string_view, kKernelKinds> kKernelKindNames = {
    FB_KERNEL_KINDS(FB_NAME)};
#undef FB_NAME

[[nodiscard]] constexpr std::string_view name(LayerKind kind) {
  return kLayerKindNames.at(static_cast<std::size_t>(kind));
}
[[nodiscard]] constexpr std::string_view name(KernelKind kind) {
  return kKernelKindNames.at(static_cast<std::size_t>(kind));
}

/// The kernel that computes a layer.
[[nodiscard]] constexpr KernelKind kernel_of(LayerKind kind) {
#define FB_KERNEL_OF(Kind, name, kernel) KernelKind::kernel,
  constexpr std::array<KernelKind, kLayerKinds> kKernels = {FB_LAYER_KINDS(FB_KERNEL_OF)};
#undef FB_KERNEL_OF
  return kKernels.at(static_cast<std::size_t>(kind));
}

/// Tensors it takes.
[[nodiscard]] constexpr unsigned inputs_of(KernelKind kind) {
#define FB_INPUTS(Kind, name, inputs) inputs,
  constexpr std::array<unsigned, kKernelKinds> kInputs = {FB_KERNEL_KINDS(FB_INPUTS)};
#undef FB_INPUTS
  return kInputs.at(static_cast<std::size_t>(kind));
}
[[nodiscard]] constexpr unsigned inputs_of(LayerKind kind) { return inputs_of(kernel_of(kind)); }

}  // namespace freebits::models
