// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Reading side of the DMA: fetches the aligned 8-byte beats that cover the rows of a transfer, in
// order, from L1 or the outside, into a buffer of Depth beats. A place is reserved before a beat is
// asked for, so answers are always accepted. Beats outside every memory read as 0.
//
// Throughput: one beat a cycle; the next row and the next transfer follow without a gap.
module fb_dma_reader #(
  parameter int TcdmBytes = 131072,
  parameter int Depth     = 32       // a power of two
) (
  input  wire         clk_i,
  input  wire         rst_ni,
  input  wire  [31:0] l2_bytes_i,
  input  wire  [31:0] l3_bytes_i,
  // transfer
  input  wire         valid_i,
  input  wire         hold_i,        // must not be begun yet
  input  wire  [31:0] source_i,
  input  wire  [31:0] bytes_i,
  input  wire  [31:0] rows_i,
  input  wire  [31:0] stride_i,
  output logic        next_o,        // through: every beat has been asked for
  output logic        error_o,
  // L1
  output logic [1:0]  tcdm_req_o,
  output logic [31:0] tcdm_addr_o,   // offset of the beat
  input  wire  [1:0]  tcdm_gnt_i,
  input  wire  [63:0] tcdm_rdata_i,
  // outside
  output logic        rd_req_o,
  output logic [31:0] rd_addr_o,
  input  wire         rd_gnt_i,
  input  wire         rd_rvalid_i,
  input  wire  [63:0] rd_rdata_i,
  // beats, in order
  output logic        beat_valid_o,
  output logic [63:0] beat_o,
  input  wire         beat_pop_i,
  output logic        busy_o
);

  localparam int Width = $clog2(Depth);

  // Buffer: places are reserved in order, filled from L1 and from outside in any order.
  logic [31:0]      lower_q [Depth];
  logic [31:0]      upper_q [Depth];
  logic [Depth-1:0] filled_q;
  logic [Width-1:0] head_q, tail_q;       // oldest, next to reserve
  logic [Width:0]   used_q;
  logic [Width-1:0] outside_q [Depth];    // places of the beats asked for outside, in order
  logic [Width-1:0] asked_q, answered_q;

  // Position.
  logic        active_q;
  logic [31:0] row_q, rows_left_q;
  logic [28:0] beat_q, last_q;            // beats: address[31:3]
  logic [1:0]  halves_q;                  // halves of the L1 beat granted already

  function automatic logic [28:0] last_beat(logic [31:0] first_byte, logic [31:0] bytes);
    logic [3:0] low;
    low       = {1'b0, first_byte[2:0]} + {1'b0, bytes[2:0]};
    last_beat = first_byte[31:3] + bytes[31:3];
    if (low > 4'd8) last_beat = last_beat + 29'd1;
    if (low == 4'd0) last_beat = last_beat - 29'd1;
  endfunction

  logic [31:0] beat_addr;
  logic        in_l1, in_outside, room, requested, row_ends;
  logic [1:0]  granted;
  assign beat_addr = {beat_q, 3'd0};

  logic place_l1, place_outside;
  fb_dma_place #(.TcdmBytes(TcdmBytes)) u_place (
    .l2_bytes_i,
    .l3_bytes_i,
    .active_i (active_q),
    .addr_i   (beat_addr),
    .l1_o     (place_l1),
    .outside_o(place_outside)
  );
  assign room        = !used_q[Width];
  assign in_l1       = active_q && room && place_l1;
  assign in_outside  = active_q && room && place_outside;
  assign error_o     = active_q && room && !place_l1 && !place_outside;
  assign tcdm_req_o  = in_l1 ? ~halves_q : 2'b00;
  assign tcdm_addr_o = beat_addr & (TcdmBytes - 1);
  assign rd_req_o    = in_outside;
  assign rd_addr_o   = beat_addr;
  assign granted     = tcdm_req_o & tcdm_gnt_i;
  // The beat is on its way.
  assign requested   = in_l1 ? (granted | halves_q) == 2'b11 : in_outside ? rd_gnt_i : error_o;
  assign row_ends    = requested && beat_q == last_q;

  logic begin_transfer, empty;
  assign empty          = bytes_i == 32'd0 || rows_i == 32'd0;
  assign begin_transfer = valid_i && !hold_i && !active_q;
  assign next_o         = (row_ends && rows_left_q == 32'd1) || (begin_transfer && empty);
  assign busy_o         = active_q || used_q != '0;

  logic [31:0] next_row;
  assign next_row = row_q + stride_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q    <= 1'b0;
      row_q       <= '0;
      rows_left_q <= '0;
      beat_q      <= '0;
      last_q      <= '0;
      halves_q    <= '0;
    end else if (begin_transfer) begin
      active_q    <= !empty;
      row_q       <= source_i;
      rows_left_q <= rows_i;
      beat_q      <= source_i[31:3];
      last_q      <= last_beat(source_i, bytes_i);
      halves_q    <= 2'b00;
    end else if (active_q) begin
      if (in_l1) halves_q <= requested ? 2'b00 : halves_q | granted;
      if (requested) beat_q <= beat_q + 29'd1;
      if (row_ends) begin
        active_q    <= rows_left_q != 32'd1;
        rows_left_q <= rows_left_q - 32'd1;
        row_q       <= next_row;
        beat_q      <= next_row[31:3];
        last_q      <= last_beat(next_row, bytes_i);
      end
    end
  end

  // Filling: L1 answers in the cycle after each half's grant.
  logic [1:0]       arrived_q;
  logic             arrived_last_q;       // … and with it the beat is complete
  logic [Width-1:0] arrived_place_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      arrived_q      <= 2'b00;
      arrived_last_q <= 1'b0;
    end else if (busy_o || arrived_q != 2'b00) begin
      arrived_q      <= granted;
      arrived_last_q <= in_l1 && requested;
    end
  end

  logic [Width-1:0] outside_place;
  assign outside_place = outside_q[answered_q];
  assign beat_valid_o  = filled_q[head_q];
  assign beat_o        = {upper_q[head_q], lower_q[head_q]};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      filled_q   <= '0;
      head_q     <= '0;
      tail_q     <= '0;
      used_q     <= '0;
      asked_q    <= '0;
      answered_q <= '0;
    end else if (busy_o || arrived_q != 2'b00) begin
      used_q <= used_q + {{Width{1'b0}}, requested} - {{Width{1'b0}}, beat_pop_i};
      if (requested) tail_q <= tail_q + 1'b1;
      if (rd_req_o && rd_gnt_i) asked_q <= asked_q + 1'b1;
      if (rd_rvalid_i) begin
        answered_q              <= answered_q + 1'b1;
        filled_q[outside_place] <= 1'b1;
      end
      if (arrived_last_q) filled_q[arrived_place_q] <= 1'b1;
      if (error_o) filled_q[tail_q] <= 1'b1;
      if (beat_pop_i) begin
        head_q           <= head_q + 1'b1;
        filled_q[head_q] <= 1'b0;
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (granted != 2'b00) arrived_place_q <= tail_q;
    if (rd_req_o && rd_gnt_i) outside_q[asked_q] <= tail_q;
    if (error_o) begin
      lower_q[tail_q] <= '0;
      upper_q[tail_q] <= '0;
    end
    if (arrived_q[0]) lower_q[arrived_place_q] <= tcdm_rdata_i[31:0];
    if (arrived_q[1]) upper_q[arrived_place_q] <= tcdm_rdata_i[63:32];
    if (rd_rvalid_i) begin
      lower_q[outside_place] <= rd_rdata_i[31:0];
      upper_q[outside_place] <= rd_rdata_i[63:32];
    end
  end

endmodule

`default_nettype wire
