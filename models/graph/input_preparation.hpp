// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace freebits::models {

/// How a picture of any size becomes a network's input: scaled, both sides alike, until it just
/// covers `scaled`; the middle, `crop`, is cut out; where the network takes more, a black border
/// surrounds it, as even as it can be (28 to 32: 2 pixels each side). Kept with a network, so that
/// it sees the pixels it was trained on wherever it is used.
struct InputPreparation {
  struct Size {
    unsigned height = 0, width = 0;  ///< pixels
    friend bool operator==(const Size&, const Size&) = default;
  };
  Size scaled, crop;

  friend bool operator==(const InputPreparation&, const InputPreparation&) = default;
};

/// Throws Error unless, in both directions, 1 <= crop <= scaled <= 65536.
void check(const InputPreparation& preparation);

}  // namespace freebits::models
