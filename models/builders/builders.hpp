// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "models/graph/graph.hpp"

namespace freebits::models {

struct NetworkOptions {
  double width = 1.0;         ///< factor of all numbers of channels, 0.1 … 4
  unsigned resolution = 224;  ///< height and width of the input, 16 … 1024
  unsigned channels = 3;      ///< of the input
  unsigned classes = 1000;    ///< at least 2
};

/// MobileNetV1 (Howard et al. 2017). Below 96 pixels the stem keeps the resolution.
[[nodiscard]] Graph mobilenet_v1(const NetworkOptions& options);
/// MobileNetV2 (Sandler et al. 2018). Below 96 pixels the stem and the 24-channel blocks keep the
/// resolution.
[[nodiscard]] Graph mobilenet_v2(const NetworkOptions& options);
/// DS-CNN for keyword spotting (Zhang et al. 2017) as in MLPerf Tiny: 49x10 features, 64 channels.
[[nodiscard]] Graph ds_cnn(unsigned height, unsigned width, unsigned channels, unsigned classes);
/// The residual network of eight layers of MLPerf Tiny's image classification.
[[nodiscard]] Graph resnet8(const NetworkOptions& options);

/// The network that `spec` names: NAME or NAME:KEY=VALUE,…, such as
/// "mobilenet_v1:width=0.75,resolution=224,classes=1000". Throws Error, one line,
/// for a name, key or value that is not one, with what would be.
[[nodiscard]] Graph build_network(std::string_view spec);

/// The same for images of a data set: its shape and number of classes where `spec` does not say.
/// Throws Error when `spec` says otherwise.
[[nodiscard]] Graph build_network(std::string_view spec, Shape image, unsigned classes);

/// For --help and errors.
inline constexpr std::string_view kNetworkSpecs =
    "mobilenet_v1, mobilenet_v2, resnet8 (keys width, resolution, channels, classes), "
    "ds_cnn (keys height, width, channels, classes)";

}  // namespace freebits::models
