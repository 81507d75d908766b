// SPDX-License-Identifier: Apache-2.0
#include "search/data/synthetic_scene.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace freebits::search {
namespace {

constexpr float kTurn = 2 * std::numbers::pi_v<float>;
constexpr unsigned kPixels = kSceneSide * kSceneSide;
using Canvas = std::array<Colour, kPixels>;

/// Distances in pixels. All shapes have about the area of a disc of `radius`, so that size does not
/// give them away.
struct Body {
  SceneShape shape;
  SceneTexture texture;
  float x, y, radius;
  float cosine, sine;                               ///< rotation
  float wave_x, wave_y, phase_along, phase_across;  ///< texture, radians a pixel and radians
  Colour light, dark;
};

float square_distance(float x, float y, float half_width, float half_height) {
  return std::max(std::abs(x) - half_width, std::abs(y) - half_height);
}

/// Negative inside; exact only near straight edges, which is where it is used.
float distance(SceneShape shape, float x, float y, float r) {
  constexpr float kHalfRoot3 = 0.8660254F;
  switch (shape) {
    case SceneShape::Disc:
      return std::hypot(x, y) - r;
    case SceneShape::Square:
      return square_distance(x, y, 0.886F * r, 0.886F * r);
    case SceneShape::Triangle:
      return std::max(y, kHalfRoot3 * std::abs(x) - 0.5F * y) - 0.778F * r;
    case SceneShape::Cross:
      return std::min(square_distance(x, y, 1.2F * r, 0.42F * r),
                      square_distance(x, y, 0.42F * r, 1.2F * r));
    case SceneShape::Ring:
      return std::abs(std::hypot(x, y) - 0.85F * r) - 0.32F * r;
  }
  return r;
}

/// 0 … 1, half of each on average; edges of about a pixel.
float pattern(const Body& b, float x, float y) {
  const float along = std::sin(b.wave_x * x + b.wave_y * y + b.phase_along);
  const float across = std::sin(b.wave_x * y - b.wave_y * x + b.phase_across);
  // The product of two waves has the slope of one where either changes its sign.
  const float wave = b.texture == SceneTexture::Stripes ? along : 1.6F * along * across;
  return std::clamp(0.5F + wave, 0.0F, 1.0F);
}

Colour random_colour(Random& random, float low, float high) {
  Colour colour{};
  for (float& c : colour) c = random.between(low, high);
  return colour;
}

float difference(const Colour& a, const Colour& b) {
  return std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]);
}

Body random_body(SceneShape shape, SceneTexture texture, float radius, float margin,
                 Random& random) {
  Body b{};
  b.shape = shape;
  b.texture = texture;
  b.radius = radius;
  b.x = random.between(margin, kSceneSide - margin);
  b.y = random.between(margin, kSceneSide - margin);
  const float rotation = random.between(0, kTurn);
  b.cosine = std::cos(rotation);
  b.sine = std::sin(rotation);
  const float period = random.between(4.5F, 7.0F), direction = random.between(0, kTurn);
  b.wave_x = kTurn / period * std::cos(direction);
  b.wave_y = kTurn / period * std::sin(direction);
  b.phase_along = random.between(0, kTurn);
  b.phase_across = random.between(0, kTurn);
  b.light = random_colour(random, 0.45F, 1.0F);
  // A texture that cannot be seen cannot be learnt. Ten tries: the chance to need more is small.
  for (int i = 0; i < 10; ++i) {
    b.dark = random_colour(random, 0.15F, 0.7F);
    if (difference(b.light, b.dark) > 0.8F) break;
  }
  return b;
}

void draw_body(const Body& b, Canvas& canvas) {
  const float reach = 1.7F * b.radius + 1;  // the triangle's corners are the furthest
  const auto from = [&](float centre) { return static_cast<int>(std::max(0.0F, centre - reach)); };
  const auto to = [&](float centre) {
    return static_cast<int>(std::min<float>(kSceneSide - 1, centre + reach));
  };
  for (int py = from(b.y); py <= to(b.y); ++py) {
    for (int px = from(b.x); px <= to(b.x); ++px) {
      const float x = static_cast<float>(px) + 0.5F - b.x, y = static_cast<float>(py) + 0.5F - b.y;
      const float d =
          distance(b.shape, b.cosine * x + b.sine * y, b.cosine * y - b.sine * x, b.radius);
      const float cover = std::clamp(0.5F - d, 0.0F, 1.0F);
      if (cover == 0) continue;
      const float light = pattern(b, x, y);
      Colour& pixel = canvas[static_cast<unsigned>(py) * kSceneSide + static_cast<unsigned>(px)];
      for (unsigned c = 0; c < 3; ++c) {
        const float value = b.dark[c] + light * (b.light[c] - b.dark[c]);
        pixel[c] += cover * (value - pixel[c]);
      }
    }
  }
}

/// From one colour to another across the image, darker than most of the bodies: were either as
/// likely to be above the other, a small network would need far more than 10,000 images.
void draw_background(Random& random, Canvas& canvas) {
  const Colour a = random_colour(random, 0.0F, 0.5F);
  Colour b{};
  for (unsigned c = 0; c < 3; ++c)
    b[c] = std::clamp(a[c] + random.between(-0.2F, 0.2F), 0.0F, 0.5F);
  const float direction = random.between(0, kTurn);
  const float dx = std::cos(direction) / kSceneSide, dy = std::sin(direction) / kSceneSide;
  for (unsigned i = 0; i < kPixels; ++i) {
    const unsigned row = i / kSceneSide;
    const float x = static_cast<float>(i % kSceneSide) - kSceneSide / 2.0F;
    const float y = static_cast<float>(row) - kSceneSide / 2.0F;
    const float t = std::clamp(0.5F + dx * x + dy * y, 0.0F, 1.0F);
    for (unsigned c = 0; c < 3; ++c) canvas[i][c] = a[c] + t * (b[c] - a[c]);
  }
}

/// Sum of two uniform values, width · (-1 … 1): nearly normal, and cheap.
void add_noise(float width, Random& random, Canvas& canvas) {
  for (Colour& pixel : canvas) {
    std::uint64_t bits = random.next();
    for (float& c : pixel) {
      const auto a = static_cast<float>(bits & 1023), b = static_cast<float>(bits >> 10 & 1023);
      c += width * ((a + b) / 1023 - 1);
      bits >>= 20;
    }
  }
}

}  // namespace

void draw_scene(SceneShape shape, SceneTexture texture, Random& random,
                std::span<std::uint8_t> out) {
  Canvas canvas;
  draw_background(random, canvas);
  // Small bodies of every kind, some of them behind the large one: neither a corner nor a few
  // stripes anywhere in the image tell the class.
  for (auto left = 2 + random.below(4); left > 0; --left) {
    const auto kind = static_cast<SceneShape>(random.below(kSceneShapes));
    const auto surface = static_cast<SceneTexture>(random.below(kSceneTextures));
    const float radius = random.between(2.0F, 3.5F);
    draw_body(random_body(kind, surface, radius, 1, random), canvas);
  }
  const float radius = random.between(6.5F, 10.0F);
  draw_body(random_body(shape, texture, radius, 11, random), canvas);
  add_noise(random.between(0.02F, 0.15F), random, canvas);
  for (unsigned i = 0; i < kPixels; ++i) {
    for (unsigned c = 0; c < 3; ++c) {
      const float rounded = 0.5F + 255 * canvas[i][c];
      out[std::size_t{i} * 3 + c] = static_cast<std::uint8_t>(std::clamp(rounded, 0.0F, 255.0F));
    }
  }
}

}  // namespace freebits::search
