// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Data port of one core: decodes the address and steers the access to L1, the core's private event
// unit port, the shared peripherals or the outside; refuses (data_err_o with the grant, nothing
// issued) what lies nowhere. At most one access is in flight. Combinational in both directions.
module fb_core_demux #(
  parameter int TcdmBytes = 131072
) (
  input  wire         clk_i,
  input  wire         rst_ni,
  input  wire  [31:0] l2_bytes_i,
  input  wire  [31:0] l3_bytes_i,
  // core
  input  wire         data_req_i,
  input  wire  [31:0] data_addr_i,
  input  wire         data_we_i,
  input  wire  [3:0]  data_be_i,
  input  wire  [31:0] data_wdata_i,
  output logic        data_gnt_o,
  output logic        data_err_o,
  output logic        data_rvalid_o,
  output logic [31:0] data_rdata_o,
  output logic        outside_o,      // the access that stands or is in flight goes outside
  // L1: answered in the cycle after the grant
  output logic        tcdm_req_o,
  output logic        tcdm_tas_o,
  input  wire         tcdm_gnt_i,
  input  wire  [31:0] tcdm_rdata_i,
  // event unit: granted at once; answered in the next cycle or later
  output logic        eu_req_o,
  input  wire         eu_rvalid_i,
  input  wire  [31:0] eu_rdata_i,
  // shared peripherals: answered in the cycle after the grant
  output logic        periph_req_o,
  input  wire         periph_gnt_i,
  input  wire  [31:0] periph_rdata_i,
  // outside
  output logic        outside_req_o,
  input  wire         outside_gnt_i,
  input  wire         outside_rvalid_i,
  input  wire  [31:0] outside_rdata_i
  // address, we, be and wdata go to all four directly from the core
);

  typedef enum logic [2:0] {
    PlaceNone,
    PlaceL1,
    PlaceEventUnit,
    PlacePeriph,
    PlaceOutside
  } place_e;

  function automatic logic covers(logic [31:0] address, logic [31:0] base, logic [31:0] bytes);
    covers = address - base < bytes;
  endfunction

  // Where the address leads.
  logic   alias_hit;
  place_e place, pending_d, pending_q;
  assign alias_hit = covers(data_addr_i, fb_cluster_pkg::L1TasBase, TcdmBytes);
  always_comb begin
    place = PlaceNone;
    if (data_req_i) begin
      if (covers(data_addr_i, fb_cluster_pkg::L1Base, TcdmBytes) || alias_hit) place = PlaceL1;
      else if (data_addr_i[31:12] == fb_cluster_pkg::EventUnitBase[31:12]) place = PlaceEventUnit;
      else if (data_addr_i[31:14] == fb_cluster_pkg::EventUnitBase[31:14]) place = PlacePeriph;
      else if (covers(data_addr_i, fb_cluster_pkg::L2Base, l2_bytes_i) ||
               covers(data_addr_i, fb_cluster_pkg::L3Base, l3_bytes_i) ||
               covers(data_addr_i, fb_cluster_pkg::OutsideIoBase, fb_cluster_pkg::OutsideIoBytes))
        place = PlaceOutside;
    end
  end

  assign tcdm_req_o    = place == PlaceL1;
  assign tcdm_tas_o    = alias_hit && !data_we_i;
  assign eu_req_o      = place == PlaceEventUnit;
  assign periph_req_o  = place == PlacePeriph;
  assign outside_req_o = place == PlaceOutside;
  assign data_err_o    = data_req_i && place == PlaceNone;

  always_comb begin
    unique case (place)
      PlaceL1:      data_gnt_o = tcdm_gnt_i;
      PlacePeriph:  data_gnt_o = periph_gnt_i;
      PlaceOutside: data_gnt_o = outside_gnt_i;
      default:      data_gnt_o = data_req_i;
    endcase
  end

  // The access in flight.
  always_comb begin
    data_rvalid_o = 1'b1;
    data_rdata_o  = 32'd0;
    unique case (pending_q)
      PlaceL1:     data_rdata_o = tcdm_rdata_i;
      PlacePeriph: data_rdata_o = periph_rdata_i;
      PlaceEventUnit: begin
        data_rvalid_o = eu_rvalid_i;
        data_rdata_o  = eu_rdata_i;
      end
      PlaceOutside: begin
        data_rvalid_o = outside_rvalid_i;
        data_rdata_o  = outside_rdata_i;
      end
      default: data_rvalid_o = 1'b0;
    endcase
  end

  assign outside_o = pending_q == PlaceOutside || place == PlaceOutside;

  always_comb begin
    pending_d = pending_q;
    if (data_rvalid_o) pending_d = PlaceNone;
    if (data_gnt_o) pending_d = place;
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) pending_q <= PlaceNone;
    else pending_q <= pending_d;
  end

  logic unused_bits;
  assign unused_bits = ^{data_be_i, data_wdata_i};

endmodule

`default_nettype wire
