// SPDX-License-Identifier: Apache-2.0
#include "training_data.hpp"

#include "freebits/models/builders.hpp"
#include "freebits/search/data/open.hpp"
#include "freebits/search/error.hpp"

namespace freebits::cli {

using search::Split;

search::Data open_data(const search::TrainOptions& o) {
  search::DatasetOptions options;
  options.pad_to = o.pad_to;
  return {search::open_dataset(o.dataset, Split::Train, options),
          search::open_dataset(o.dataset, Split::Test, options)};
}

models::Graph network_for(const std::string& spec, const search::Dataset& set) {
  const search::ImageShape image = set.shape();
  try {
    return models::build_network(spec, {image.height, image.width, image.channels}, set.classes());
  } catch (const std::invalid_argument& error) {
    throw search::Error(error.what());
  }
}

}  // namespace freebits::cli
