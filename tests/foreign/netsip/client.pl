#!/usr/bin/perl
# SPDX-License-Identifier: MIT
#
# An IM Client on Net::SIP: that makes the messages, sends them again, and answers challenges; what is of IM is here. It
# does what the lines of a file say, which hooks write: register, deregister, true and false (offline delivery).
# Usage: client.pl CONTROL, the rest in the environment (docs/clients.md).
use strict;
use warnings;
use Net::SIP qw(:all);

my ($control) = @ARGV;
my ($user, $core, $host, $domain) = @ENV{map { "IMCONFORM_$_" } qw(ADDRESS CORE HOST DOMAIN)};
my @auth = @ENV{qw(IMCONFORM_USERNAME IMCONFORM_PASSWORD)};
my $agent = 'IM-client/OMA1.0 Net-SIP/0';
my $poc = 'urn:oma:params:xml:ns:poc:poc-settings';
my $im = 'urn:oma:xml:im:service-settings';

my ($ua, $port);
for (my $tries = 0; !$ua && $tries < 20; $tries++) { # a port may be taken
    $port = 20000 + int rand 12000;
    $ua = eval { Net::SIP::Simple->new(legs => ["$host:$port"], outgoing_proxy => $core,
        domain2proxy => { '*' => $core }, from => $user, auth => \@auth) };
}
die $@ if !$ua;
my ($endpoint, $loop) = ($ua->{endpoint}, $ua->{loop});
my $contact = "<sip:im\@$host:$port>;+g.oma.sip-im";
my ($call, $registered, $granted, $route, $tag, $active, $subscribed) = (undef, 0, 3600, undef, undef, 'true', 0);

# A request of its own, or of a call that goes on; then is called with the code and the answer, if that is final.
sub request {
    my ($method, $body, $then, $before, %lines) = @_;
    my %goes_on = $before ? (callid => $before->{callid}, cseq => $before->{cseq}) : ();
    my $answered = sub {
        my ($self, $context, $error, $code, $answer) = @_;
        $then->($code, $answer) if $code && $code !~ /^1|^401|^407/;
    };
    return $endpoint->new_request($method, { to => $user, from => $user, auth => \@auth, %goes_on },
        $answered, $body, 'user-agent' => $agent, %lines);
}

sub register {
    my ($seconds) = @_;
    $call = request('REGISTER', undef, sub {
        my ($code, $answer) = @_;
        return if $code !~ /^2/;
        my $initial = $seconds && !$registered;
        $registered = $seconds;
        $granted = $answer->get_header('expires') || $seconds;
        $route = [$answer->get_header('service-route')];
        publish(undef) if $initial;
    }, $call, uri => "sip:$domain", expires => $seconds, contact => $contact, supported => 'path');
}

sub document {
    my ($off) = map { "active=\"$_\"" } 'false';
    my $sessions = 'i:service-id="session-mode"';
    my $pages = 'i:service-id="pager-large-mode"';
    return qq(<poc-settings xmlns="$poc" xmlns:i="$im"><entity id="net-sip">)
        . qq(<isb-settings><incoming-session-barring $off $sessions/><incoming-session-barring $off $pages/></isb-settings>)
        . qq(<i:vis-settings><i:vis-status $off/></i:vis-settings>)
        . qq(<i:deferred-settings><i:offline-delivery active="$active"/></i:deferred-settings>)
        . qq(<i:hist-settings><i:hist-activation $off $sessions/><i:hist-activation $off $pages/></i:hist-settings>)
        . qq(</entity></poc-settings>);
}

# Initial without an entity tag, else a modification or, without a document, a refresh.
sub publish {
    my ($etag, $refreshes) = @_;
    my $told = $active;
    my %tagged = $etag ? ('sip-if-match' => $etag) : ();
    $tagged{'content-type'} = 'application/poc-settings+xml' if !$refreshes;
    my %routed = $route && @$route ? (route => $route) : ();
    request('PUBLISH', $refreshes ? undef : document(), sub {
        my ($code, $answer) = @_;
        return publish(undef) if $code == 412 && $etag;
        my $mine = $tag = $code =~ /^2/ ? $answer->get_header('sip-etag') : undef;
        my $end = $answer->get_header('expires');
        $loop->add_timer($end / 2, sub { publish($mine, 1) if defined $tag && $tag eq $mine }) if $mine;
        subscribe() if $tag && $told eq 'false' && !$subscribed++;
    }, undef, uri => $user, event => 'poc-settings', expires => $granted,
        'p-preferred-identity' => "<$user>", 'accept-contact' => '*;+g.oma.sip-im', %tagged, %routed);
}

sub subscribe {
    request('SUBSCRIBE', undef, sub { }, undef, uri => $user, event => 'ua-profile', expires => $granted,
        accept => 'application/vnd.oma.im.deferred-list+xml', contact => $contact);
}

my %obey = (
    register => sub { $call = undef; register(3600) },
    deregister => sub { ($tag, $subscribed) = (undef, 0); register(0) },
    true => sub { $active = 'true'; publish($tag) },
    false => sub { $active = 'false'; publish($tag) },
);

$endpoint->set_application(sub {
    my ($self, $context, $request, $leg, $from) = @_;
    return if $request->method eq 'ACK';
    my @answer = $request->method eq 'INVITE' ? (486, 'Busy Here') : (200, 'OK');
    $endpoint->new_response($context, $request->create_response(@answer, { contact => $contact }), $leg, $from);
    $endpoint->close_context($context);
});

open my $lines, '<', $control or die "$control: $!";
$loop->add_timer(0, sub {
    seek $lines, tell($lines), 0;
    while (my $line = <$lines>) {
        chomp $line;
        $obey{$line}->();
    }
}, 0.05);
$loop->loop;
