// SPDX-License-Identifier: Apache-2.0
// What a file of this folder says about the networks it builds.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/builders/chain.hpp"

namespace freebits::models {

/// What a data set knows of a key.
enum class KeySource : std::uint8_t {
  User,  ///< nothing: it has its default unless the user says otherwise
  Height,
  Width,
  Side,  ///< height and width of square images
  Channels,
  Classes,
};

/// A number in the specification of a network, least <= number <= most.
struct NetworkKey {
  std::string_view name;
  double fallback, least, most;
  KeySource source = KeySource::User;
  bool whole = true;
};

/// A number for each key of a family.
class KeyValues {
 public:
  void set(std::string_view key, double value) { values_.emplace_back(key, value); }
  /// Throws std::logic_error for a key that the family does not have.
  [[nodiscard]] double real(std::string_view key) const;
  [[nodiscard]] unsigned whole(std::string_view key) const {
    return static_cast<unsigned>(real(key));
  }

 private:
  std::vector<std::pair<std::string_view, double>> values_;
};

/// Multiply-accumulates of one image that a publication, or a count by hand, gives to a network.
struct PublishedMacs {
  std::string_view keys;  ///< KEY=VALUE,…; empty: the defaults
  double millions, tolerance;
};

/// Networks of one kind, such as all MobileNetV1 of any width.
struct NetworkFamily {
  std::string_view name, description;
  std::vector<NetworkKey> keys;
  /// Appends all layers. The graph has its name and its input already.
  void (*append)(Chain& chain, const KeyValues& values);
  std::vector<PublishedMacs> published;  ///< what the tests compare with, at least one
};

/// Keys of a network of images whose numbers of channels scale: width, resolution, channels,
/// classes.
[[nodiscard]] std::vector<NetworkKey> image_keys(unsigned resolution, unsigned classes);
/// The same of images that need not be square: height, width, channels, classes.
[[nodiscard]] std::vector<NetworkKey> rectangle_keys(Shape least, Shape fallback, unsigned classes);

/// All that there are (registry.cpp), in the order of help texts.
[[nodiscard]] std::span<const NetworkFamily* const> network_families();

}  // namespace freebits::models
