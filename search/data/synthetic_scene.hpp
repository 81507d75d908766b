// SPDX-License-Identifier: Apache-2.0
// The drawing behind the synthetic set: shapes as signed distances, textures as waves.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/random.hpp"

namespace freebits::search {

inline constexpr unsigned kSceneSide = 32;

enum class SceneShape : std::uint8_t { Disc, Square, Triangle, Cross, Ring };
enum class SceneTexture : std::uint8_t { Stripes, Checks };
inline constexpr unsigned kSceneShapes = 5, kSceneTextures = 2;

/// Red, green, blue; 0 … 1.
using Colour = std::array<float, 3>;

/// Draws a random scene with one large `shape` of `texture` into out[32][32][3].
void draw_scene(SceneShape shape, SceneTexture texture, Random& random,
                std::span<std::uint8_t> out);

}  // namespace freebits::search
