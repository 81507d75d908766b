// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// Writing side of the DMA: shifts the stream of source beats to the alignment of the destination and
// writes it, row by row. Beats outside every memory are dropped.
//
// Throughput: one beat a cycle; a row whose source begins at a higher byte of its beat than the
// destination takes one cycle more, to load the carry.
module fb_dma_writer #(
  parameter int TcdmBytes = 131072
) (
  input  wire         clk_i,
  input  wire         rst_ni,
  input  wire  [31:0] l2_bytes_i,
  input  wire  [31:0] l3_bytes_i,
  // transfer
  input  wire         valid_i,
  input  wire         hold_i,            // must not get through yet
  input  wire  [31:0] source_i,
  input  wire  [31:0] destination_i,
  input  wire  [31:0] bytes_i,
  input  wire  [31:0] rows_i,
  input  wire  [31:0] source_stride_i,
  input  wire  [31:0] stride_i,
  output logic        next_o,            // through: the last beat is at the port
  output logic        settled_o,         // the beat at the port, if any, is granted in this cycle
  output logic        error_o,
  // source beats
  input  wire         beat_valid_i,
  input  wire  [63:0] beat_i,
  output logic        beat_pop_o,
  // L1
  output logic [1:0]  tcdm_req_o,
  output logic [31:0] tcdm_addr_o,       // offset of the beat
  output logic [7:0]  tcdm_be_o,
  output logic [63:0] tcdm_wdata_o,
  input  wire  [1:0]  tcdm_gnt_i,
  // outside
  output logic        wr_req_o,
  output logic [31:0] wr_addr_o,
  output logic [7:0]  wr_be_o,
  output logic [63:0] wr_data_o,
  input  wire         wr_gnt_i
);

  // Position in the transfer.
  logic        active_q;
  logic [31:0] row_q, source_row_q, rows_left_q;
  logic [28:0] beat_q, last_q;           // destination beats: address[31:3]
  logic [28:0] sources_q;                // source beats of the row still to come
  logic        first_q, carry_first_q;   // at the row's first beat; its carry is to be loaded first
  logic [63:8] carry_q;

  function automatic logic [28:0] last_beat(logic [31:0] first_byte, logic [31:0] bytes);
    logic [3:0] low;
    low       = {1'b0, first_byte[2:0]} + {1'b0, bytes[2:0]};
    last_beat = first_byte[31:3] + bytes[31:3];
    if (low > 4'd8) last_beat = last_beat + 29'd1;
    if (low == 4'd0) last_beat = last_beat - 29'd1;
  endfunction
  function automatic logic [28:0] beats(logic [2:0] offset, logic [31:0] bytes);
    logic [3:0] low;
    low   = {1'b0, offset} + {1'b0, bytes[2:0]};
    beats = bytes[31:3];
    if (low != 4'd0) beats = beats + 29'd1;
    if (low > 4'd8) beats = beats + 29'd1;
  endfunction

  // The beat to write now.
  logic [2:0]  shift, begin_byte, end_byte;
  logic [63:0] data, following;
  logic [7:0]  lanes;
  logic        make, more, last;
  assign shift      = source_row_q[2:0] - row_q[2:0];
  assign begin_byte = row_q[2:0];
  assign end_byte   = row_q[2:0] + bytes_i[2:0];   // 0: the row ends with its beat
  assign more       = sources_q != 29'd0;
  assign last       = beat_q == last_q;
  assign following  = more ? beat_i : 64'd0;
  always_comb begin
    data = following;
    unique case (shift)
      3'd1: data = {following[7:0], carry_q[63:8]};
      3'd2: data = {following[15:0], carry_q[63:16]};
      3'd3: data = {following[23:0], carry_q[63:24]};
      3'd4: data = {following[31:0], carry_q[63:32]};
      3'd5: data = {following[39:0], carry_q[63:40]};
      3'd6: data = {following[47:0], carry_q[63:48]};
      3'd7: data = {following[55:0], carry_q[63:56]};
      default: ;
    endcase
    lanes = 8'hff;
    if (first_q) lanes = 8'hff << begin_byte;
    if (last && end_byte != 3'd0) lanes = lanes & ~(8'hff << end_byte);
  end

  // One beat waits for its grants.
  logic        out_q, out_l1_q;
  logic [1:0]  halves_q;                 // halves still to be granted
  logic [31:0] out_addr_q;
  logic [7:0]  out_be_q;
  logic [63:0] out_data_q;
  logic        out_done;
  assign tcdm_req_o   = out_q && out_l1_q ? halves_q : 2'b00;
  assign tcdm_addr_o  = out_addr_q & (TcdmBytes - 1);
  assign tcdm_be_o    = out_be_q;
  assign tcdm_wdata_o = out_data_q;
  assign wr_req_o     = out_q && !out_l1_q;
  assign wr_addr_o    = out_addr_q;
  assign wr_be_o      = out_be_q;
  assign wr_data_o    = out_data_q;
  assign out_done     = !out_q || (out_l1_q ? (halves_q & ~tcdm_gnt_i) == 2'b00 : wr_gnt_i);

  logic load_carry, row_ends, begin_transfer, empty, place_l1, place_outside;
  assign empty          = bytes_i == 32'd0 || rows_i == 32'd0;
  assign begin_transfer = valid_i && !active_q && !empty;
  assign load_carry     = active_q && carry_first_q && beat_valid_i;
  assign make           = active_q && !carry_first_q && (!more || beat_valid_i) && out_done &&
                          !(hold_i && last && rows_left_q == 32'd1);
  assign beat_pop_o     = load_carry || (make && more);
  assign row_ends       = make && last;
  assign next_o         = (row_ends && rows_left_q == 32'd1) ||
                          (valid_i && !active_q && empty && !hold_i);
  assign settled_o      = out_done;
  assign error_o        = make && !place_l1 && !place_outside;

  fb_dma_place #(.TcdmBytes(TcdmBytes)) u_place (
    .l2_bytes_i,
    .l3_bytes_i,
    .active_i (active_q),
    .addr_i   ({beat_q, 3'd0}),
    .l1_o     (place_l1),
    .outside_o(place_outside)
  );

  logic [31:0] next_row, next_source;
  assign next_row    = row_q + stride_i;
  assign next_source = source_row_q + source_stride_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      active_q      <= 1'b0;
      row_q         <= '0;
      source_row_q  <= '0;
      rows_left_q   <= '0;
      beat_q        <= '0;
      last_q        <= '0;
      sources_q     <= '0;
      first_q       <= 1'b0;
      carry_first_q <= 1'b0;
      carry_q       <= '0;
      out_q         <= 1'b0;
      out_l1_q      <= 1'b0;
      halves_q      <= '0;
      out_addr_q    <= '0;
      out_be_q      <= '0;
      out_data_q    <= '0;
    end else if (valid_i || out_q) begin
      if (begin_transfer) begin
        active_q      <= 1'b1;
        row_q         <= destination_i;
        source_row_q  <= source_i;
        rows_left_q   <= rows_i;
        beat_q        <= destination_i[31:3];
        last_q        <= last_beat(destination_i, bytes_i);
        sources_q     <= beats(source_i[2:0], bytes_i);
        first_q       <= 1'b1;
        carry_first_q <= source_i[2:0] > destination_i[2:0];
      end
      if (beat_pop_o) begin
        carry_q   <= beat_i[63:8];
        sources_q <= sources_q - 29'd1;
      end
      if (load_carry) carry_first_q <= 1'b0;
      if (make) begin
        first_q <= 1'b0;
        beat_q  <= beat_q + 29'd1;
      end
      if (row_ends) begin
        active_q      <= rows_left_q != 32'd1;
        rows_left_q   <= rows_left_q - 32'd1;
        row_q         <= next_row;
        source_row_q  <= next_source;
        beat_q        <= next_row[31:3];
        last_q        <= last_beat(next_row, bytes_i);
        sources_q     <= beats(next_source[2:0], bytes_i);
        first_q       <= 1'b1;
        carry_first_q <= next_source[2:0] > next_row[2:0];
      end

      if (make) begin
        out_q      <= place_l1 || place_outside;
        out_l1_q   <= place_l1;
        halves_q   <= {lanes[7:4] != 4'd0, lanes[3:0] != 4'd0};
        out_addr_q <= {beat_q, 3'd0};
        out_be_q   <= lanes;
        out_data_q <= data;
      end else if (out_done) begin
        out_q <= 1'b0;
      end else if (out_l1_q) begin
        halves_q <= halves_q & ~tcdm_gnt_i;
      end
    end
  end

endmodule

`default_nettype wire
